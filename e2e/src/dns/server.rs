//! The name server: one thread that answers datagrams.

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

use anyhow::{Context as _, Result};

use super::message;
use super::view::View;

/// As much as a resolver may send (RFC 1035 allows 512 bytes, EDNS more).
const LARGEST_QUESTION_BYTES: usize = 4096;

/// A name server on a free loopback port. It ends when it is dropped.
pub(super) struct Server {
    address: SocketAddr,
    stopped: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    pub(super) fn start(view: Arc<View>) -> Result<Self> {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).context("opening a UDP port for the name server")?;
        let address = socket.local_addr()?;
        let stopped = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&stopped);
        let thread =
            thread::Builder::new().name("name server".to_owned()).spawn(move || serve(&socket, &view, &flag))?;
        Ok(Self { address, stopped, thread: Some(thread) })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Release);
        // It waits for a datagram: any wakes it up.
        let woken = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|socket| socket.send_to(&[], self.address));
        if let (Ok(_), Some(thread)) = (woken, self.thread.take()) {
            let _ = thread.join();
        }
    }
}

fn serve(socket: &UdpSocket, view: &View, stopped: &AtomicBool) {
    let mut buffer = [0; LARGEST_QUESTION_BYTES];
    while !stopped.load(Ordering::Acquire) {
        // Errors of a UDP socket are those of a client that is gone.
        let Ok((length, client)) = socket.recv_from(&mut buffer) else { continue };
        if let Some(answer) = message::answer(&buffer[..length], view) {
            let _ = socket.send_to(&answer, client);
        }
    }
}
