//! A DNS client that asks one question.

use std::net::{SocketAddr, UdpSocket};
use std::process::Command;
use std::time::Duration;

use dr_synth_e2e::repository;
use simple_dns::rdata::RData;
use simple_dns::{CLASS, Name, Packet, PacketFlag, QTYPE, Question, TYPE};

/// What came back: the response code, and of each record its type, TTL and value.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Reply {
    code: String,
    records: Vec<(String, u32, String)>,
}

impl Reply {
    pub(crate) fn answer(record_type: &str, ttl: u32, value: &str) -> Self {
        Self { code: "NoError".to_owned(), records: vec![(record_type.to_owned(), ttl, value.to_owned())] }
    }

    pub(crate) fn code(code: &str) -> Self {
        Self { code: code.to_owned(), records: Vec::new() }
    }
}

/// The region that the functions' own client reads from the witness record, the way the detector does.
pub(crate) fn witnessed_region(resolver: SocketAddr, domain: &str) -> String {
    let program = "import sys; from dns_text import TextRecords; from witness import Witness; \
                   print(Witness(TextRecords(sys.argv[1]), sys.argv[2]).active_region())";
    let output = Command::new("python3")
        .args(["-B", "-c", program, &resolver.to_string(), domain])
        .current_dir(repository::root().join("functions/failover"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

pub(crate) fn ask(server: SocketAddr, name: &str, record_type: &str) -> Reply {
    let record_type = TYPE::from(match record_type {
        "A" => 1,
        "CNAME" => 5,
        "TXT" => 16,
        other => panic!("{other} is not asked for here"),
    });
    let mut query = Packet::new_query(0x4711);
    query.set_flags(PacketFlag::RECURSION_DESIRED);
    query.questions.push(Question::new(Name::new_unchecked(name), QTYPE::TYPE(record_type), CLASS::IN.into(), false));
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    socket.send_to(&query.build_bytes_vec().unwrap(), server).unwrap();
    let mut buffer = [0; 4096];
    let length = socket.recv(&mut buffer).unwrap();
    let reply = Packet::parse(&buffer[..length]).unwrap();
    assert_eq!((reply.id(), reply.has_flags(PacketFlag::RESPONSE)), (0x4711, true));
    assert_eq!(reply.questions.len(), 1);
    let records = reply.answers.iter().map(|record| {
        assert_eq!(record.name.to_string(), name);
        let (record_type, value) = match &record.rdata {
            RData::CNAME(target) => ("CNAME", target.0.to_string()),
            RData::TXT(text) => ("TXT", String::try_from(text.clone()).unwrap()),
            other => panic!("{other:?} was not expected"),
        };
        (record_type.to_owned(), record.ttl, value)
    });
    Reply { code: format!("{:?}", reply.rcode()), records: records.collect() }
}
