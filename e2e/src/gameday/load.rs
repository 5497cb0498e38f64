//! Customers who pay all the time, each one payment after the other, and never give one up.

use std::mem;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{self, Scope, ScopedJoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, bail};

use super::customer::{Attempt, Customer, Identity, Internet};
use super::ledger::{self, Acknowledgement, Comparison, Ledger};
use crate::database::Database;
use crate::dns::DnsDataPlane;

/// How many customers pay side by side.
pub const CUSTOMERS: usize = 4;

/// From the beginning of one payment to that of a customer's next, if the first is through by then.
const INTERVAL: Duration = Duration::from_secs(1);

/// Before the same payment is sent again.
const BEFORE_RETRY: Duration = Duration::from_secs(1);

/// Before a payment that was refused for its signature is signed anew: DNS may be in the middle of a change.
const BEFORE_SIGNING_AGAIN: Duration = Duration::from_millis(200);

/// What load is put on.
pub struct Target<'a> {
    /// The way to the payments.
    pub internet: &'a Internet,
    /// Who resolves their name.
    pub dns: &'a DnsDataPlane,
    /// Their name.
    pub domain: &'a str,
    /// What every payment's id begins with.
    pub prefix: &'a str,
    /// How they prove who they are.
    pub identity: &'a Identity,
}

/// What the customers write down together.
#[derive(Default)]
pub struct Books {
    ledger: Mutex<Ledger>,
    wrong: Mutex<Vec<String>>,
    closing: AtomicBool,
    signed_again: AtomicUsize,
}

/// The customers at work.
pub struct Load<'scope, 'books> {
    books: &'books Books,
    customers: Vec<ScopedJoinHandle<'scope, ()>>,
}

impl<'scope, 'books: 'scope> Load<'scope, 'books> {
    /// Lets the customers begin.
    ///
    /// # Errors
    ///
    /// When there is no way to the internet.
    pub fn start(
        scope: &'scope Scope<'scope, '_>,
        target: &'books Target<'books>,
        books: &'books Books,
    ) -> Result<Self> {
        let mut customers = Vec::new();
        for number in 0..CUSTOMERS {
            let share = f64::from(u32::try_from(number)? + 1) / f64::from(u32::try_from(CUSTOMERS)?);
            let mut customer = Customer::new(target.internet, target.dns, target.domain, share)?;
            customer.is(target.identity.clone());
            let work = move || books.serve(number, customer, target.prefix);
            // Customers are strangers to each other: they neither pay nor resolve at the same moment.
            let phase = INTERVAL.mul_f64(share);
            customers.push(scope.spawn(move || {
                thread::sleep(phase);
                work();
            }));
        }
        Ok(Self { books, customers })
    }

    /// Lets every customer finish the payment at hand, and closes the books.
    ///
    /// # Errors
    ///
    /// When an answer was wrong, or a customer came to harm.
    pub fn finish(mut self) -> Result<Ledger> {
        self.books.closing.store(true, Ordering::Relaxed);
        for customer in mem::take(&mut self.customers) {
            customer.join().map_err(|_| anyhow!("a customer panicked"))?;
        }
        self.books.so_far()
    }
}

impl Drop for Load<'_, '_> {
    fn drop(&mut self) {
        // Whoever leaves early must not wait for ever for customers who pay on.
        self.books.closing.store(true, Ordering::Relaxed);
    }
}

impl Books {
    /// The ledger as it stands.
    ///
    /// # Errors
    ///
    /// When an answer was wrong.
    pub fn so_far(&self) -> Result<Ledger> {
        let wrong = self.wrong.lock().unwrap_or_else(PoisonError::into_inner);
        match wrong.first() {
            None => Ok(self.ledger().clone()),
            Some(first) => bail!("{} answers were wrong, the first of them: {first}", wrong.len()),
        }
    }

    /// Holds the books against a database while payments go on.
    ///
    /// # Errors
    ///
    /// When an answer was wrong, or the database cannot be read.
    pub fn compare(&self, database: &Database, prefix: &str) -> Result<Comparison> {
        let before = self.so_far()?;
        let rows = ledger::rows(database, prefix)?;
        Ok(before.compare(&rows, &self.so_far()?))
    }

    /// A lost payment was sent again and is there now, taken by another region.
    pub fn repeated(&self, payment_id: &str, region: &str) {
        let mut ledger = self.ledger();
        if let Some(payment) = ledger.acknowledged.iter_mut().find(|payment| payment.payment_id == payment_id) {
            region.clone_into(&mut payment.region);
        }
    }

    /// How often a customer was refused and signed again, for the region that DNS named then.
    pub fn signed_again(&self) -> usize {
        self.signed_again.load(Ordering::Relaxed)
    }

    fn serve(&self, number: usize, mut customer: Customer<'_>, prefix: &str) {
        for serial in 1.. {
            if self.closing.load(Ordering::Relaxed) {
                return;
            }
            let started = Instant::now();
            // An amount of its own for every payment, so that a mix-up shows.
            let cents = serial * 100 + u32::try_from(number).unwrap_or_default();
            self.pay(number, &mut customer, &format!("{prefix}{number}-{serial}"), cents);
            thread::sleep(INTERVAL.saturating_sub(started.elapsed()));
        }
    }

    fn pay(&self, number: usize, customer: &mut Customer<'_>, payment_id: &str, cents: u32) {
        let sent = Instant::now();
        self.ledger().open.insert(payment_id.to_owned());
        for attempts in 1.. {
            match customer.pay(payment_id, cents) {
                Attempt::Acknowledged { region } => {
                    let acknowledged = Instant::now();
                    let payment_id = payment_id.to_owned();
                    let mut ledger = self.ledger();
                    ledger.open.remove(&payment_id);
                    ledger.acknowledged.push(Acknowledgement {
                        payment_id,
                        cents,
                        customer: number,
                        region,
                        sent,
                        acknowledged,
                        attempts,
                    });
                    return;
                }
                Attempt::Wrong(answer) => {
                    let answer = format!("{payment_id}: {answer}");
                    self.wrong.lock().unwrap_or_else(PoisonError::into_inner).push(answer);
                    return;
                }
                // The payment was refused at the door; with another signature it is sent at once.
                Attempt::SignAgain => {
                    self.signed_again.fetch_add(1, Ordering::Relaxed);
                    if self.closing.load(Ordering::Relaxed) {
                        return;
                    }
                    thread::sleep(BEFORE_SIGNING_AGAIN);
                }
                // A payment that is given up stays open in the books.
                Attempt::Again(_) if self.closing.load(Ordering::Relaxed) => return,
                Attempt::Again(_) => thread::sleep(BEFORE_RETRY),
            }
        }
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
