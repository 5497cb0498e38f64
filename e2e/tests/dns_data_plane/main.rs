//! The Route 53 data plane against the emulator, without Terraform: two small APIs, the records and health checks of the
//! stack's shape, and a region that goes down and comes back.
//!
//! The checkers' time goes ten times faster; nothing here depends on how fast exactly.

#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a panic is the report of a failure")]

mod account;
mod question;

use std::time::Duration;

use dr_synth::dns_failover::Status;
use dr_synth_e2e::aws::Aws;
use dr_synth_e2e::dns::{Answer, Change, DnsDataPlane, Pace};
use dr_synth_e2e::emulator::Emulator;
use dr_synth_e2e::progress::Progress;

use account::{Account, DR, PRIMARY};
use question::{Reply, ask, witnessed_region};

const DOMAIN: &str = "pay.example.com";
const WITNESS: &str = "_active.pay.example.com";

/// Three probes in a row take three seconds at this pace, and a busy machine may take ten times as long.
const PACE: Pace = Pace::times_faster(10);
const PATIENCE: Duration = Duration::from_secs(60);

fn leads_to(region: &str) -> impl Fn(&Answer) -> bool {
    let end = format!(".execute-api.{region}.amazonaws.com");
    move |answer| answer.target.ends_with(&end)
}

fn health_checks(plane: &DnsDataPlane) -> Vec<(String, Status)> {
    let changes = plane.events().into_iter().filter_map(|event| match event.change {
        Change::HealthCheck { name, to, .. } => Some((name, to)),
        Change::Answer { .. } => None,
    });
    changes.collect()
}

#[test]
fn a_region_is_lost_and_found_and_the_latch_holds() {
    let emulator = Emulator::start(&Progress::start()).unwrap();
    let aws = Aws::at(emulator.endpoint());
    let account = Account::create(&aws, DOMAIN);
    let plane = DnsDataPlane::start_at_pace(&aws, emulator.endpoint(), PACE).unwrap();
    let resolver = account::resolver(emulator.endpoint());

    // The latch is inverted, so as a new check it is unhealthy, and DNS leads to the DR region at first.
    assert!(leads_to(DR)(&plane.resolve(DOMAIN).unwrap().unwrap()));
    let answer = plane.wait_for_answer(DOMAIN, PATIENCE, leads_to(PRIMARY)).unwrap();
    assert_eq!(answer.ttl_seconds, 60);
    assert_eq!(plane.resolve("elsewhere.example.com").unwrap(), None);

    // What functions see through the emulator's resolver, and others at the data plane itself.
    for server in [resolver, plane.address()] {
        assert_eq!(ask(server, WITNESS, "TXT"), Reply::answer("TXT", 10, PRIMARY));
        assert_eq!(ask(server, DOMAIN, "CNAME"), Reply::answer("CNAME", 60, &answer.target));
        assert_eq!(ask(server, DOMAIN, "A"), Reply::answer("CNAME", 60, &answer.target));
        assert_eq!(ask(server, "elsewhere.example.com", "A"), Reply::code("NameError"));
        assert_eq!(ask(server, WITNESS, "A"), Reply::code("NoError"));
        assert_eq!(ask(server, "example.net", "A"), Reply::code("Refused"));
    }

    assert_eq!(witnessed_region(resolver, DOMAIN), PRIMARY);

    // The primary region goes down: the endpoint fails, the name and its witness move together.
    account::set_outage(emulator.endpoint(), PRIMARY, true);
    plane.wait_for_answer(DOMAIN, PATIENCE, leads_to(DR)).unwrap();
    assert_eq!(witnessed_region(resolver, DOMAIN), DR);
    assert!(plane.refresh().is_err(), "Route 53's API is in the region that is down");

    // It comes back while the latch is not set: so do the answers.
    account::set_outage(emulator.endpoint(), PRIMARY, false);
    plane.wait_for_answer(DOMAIN, PATIENCE, leads_to(PRIMARY)).unwrap();

    // A standby that is lost moves nothing: what does not answer has not taken over.
    let before = plane.events().len();
    account::set_outage(emulator.endpoint(), DR, true);
    std::thread::sleep(Duration::from_secs(5));
    account::set_outage(emulator.endpoint(), DR, false);
    assert_eq!(plane.events().len(), before, "{:?}", plane.events());

    // The latch is set: the answers move although the primary's endpoint is well, and stay.
    account.set_latch(&aws);
    plane.wait_for_answer(DOMAIN, PATIENCE, leads_to(DR)).unwrap();

    let (endpoint, latch, both) = ("endpoint".to_owned(), "latch".to_owned(), "takes-traffic".to_owned());
    let expected = [
        (latch.clone(), Status::Healthy),
        (both.clone(), Status::Healthy),
        (endpoint.clone(), Status::Unhealthy),
        (both.clone(), Status::Unhealthy),
        (endpoint, Status::Healthy),
        (both.clone(), Status::Healthy),
        (latch, Status::Unhealthy),
        (both, Status::Unhealthy),
    ];
    assert_eq!(health_checks(&plane), expected);
    assert!(plane.events().windows(2).all(|pair| pair[0].at <= pair[1].at));

    // A record that is created now is known after reading again, and the checks keep their status.
    account.add_text(&aws, "new.example.com", "here");
    plane.refresh().unwrap();
    assert_eq!(ask(resolver, "new.example.com", "TXT"), Reply::answer("TXT", 10, "here"));
    assert!(leads_to(DR)(&plane.resolve(DOMAIN).unwrap().unwrap()));

    // When it has ended, nothing answers any more.
    drop(plane);
    assert_eq!(ask(resolver, DOMAIN, "A"), Reply::code("ServerFailure"));
    emulator.stop().unwrap();
}
