//! DNS messages: a question in, its answer out (RFC 1035, section 4).

use std::net::{Ipv4Addr, Ipv6Addr};

use dr_synth::dns_failover::{Answer, DomainName, NoAnswer};
use simple_dns::rdata::{A, AAAA, CNAME, NS, RData, SOA, TXT};
use simple_dns::{CLASS, CharacterString, Name, Packet, PacketFlag, QTYPE, Question, RCODE, ResourceRecord};

use super::view::View;

const CNAME_TYPE: &str = "CNAME";

/// The answer to a datagram; nothing to one that is no question.
pub(super) fn answer(datagram: &[u8], view: &View) -> Option<Vec<u8>> {
    let query = Packet::parse(datagram).ok().filter(|packet| !packet.has_flags(PacketFlag::RESPONSE))?;
    let asks_recursion = query.has_flags(PacketFlag::RECURSION_DESIRED);
    let mut reply = query.into_reply();
    if asks_recursion {
        // The emulator's resolver passes this answer on as its own.
        reply.set_flags(PacketFlag::RECURSION_DESIRED | PacketFlag::RECURSION_AVAILABLE);
    }
    reply.additional_records.clear();
    let [question] = reply.questions.as_slice() else {
        *reply.rcode_mut() = RCODE::FormatError;
        return reply.build_bytes_vec().ok();
    };
    let question = question.clone();
    match records(&question, view) {
        Ok(records) => reply.answers = records,
        Err(absence) => negative(&mut reply, &question, &absence, view),
    }
    reply.build_bytes_vec_compressed().ok()
}

fn records<'a>(question: &Question<'a>, view: &View) -> Result<Vec<ResourceRecord<'a>>, NoAnswer> {
    let name = DomainName::new(&question.qname.to_string());
    let QTYPE::TYPE(record_type) = question.qtype else {
        return Err(NoAnswer::NotEvaluable("only questions for a type are answered".to_owned()));
    };
    let record_type = format!("{record_type:?}");
    let answer = match view.answer(&name, &record_type) {
        // Where the alias leads, for those that cannot do without a name.
        Err(NoAnswer::NoSuchType) if record_type == CNAME_TYPE => match view.answer(&name, "A")? {
            alias @ Answer::Alias { .. } => alias,
            Answer::Values { .. } => return Err(NoAnswer::NoSuchType),
        },
        other => other?,
    };
    to_records(&question.qname, answer)
}

fn to_records<'a>(name: &Name<'a>, answer: Answer) -> Result<Vec<ResourceRecord<'a>>, NoAnswer> {
    let (record_type, values, ttl) = match answer {
        Answer::Alias { target, ttl } => (CNAME_TYPE.to_owned(), vec![target.to_string()], ttl),
        Answer::Values { record_type, values, ttl } => (record_type, values, ttl),
    };
    let ttl = u32::try_from(ttl.as_secs()).unwrap_or(u32::MAX);
    let record = |value: &String| {
        let data = data(&record_type, value)
            .ok_or_else(|| NoAnswer::NotEvaluable(format!("{record_type} {value:?} has no form in a message here")))?;
        Ok(ResourceRecord::new(name.clone(), CLASS::IN, ttl, data))
    };
    values.iter().map(record).collect()
}

fn negative<'a>(reply: &mut Packet<'a>, question: &Question<'a>, absence: &NoAnswer, view: &View) {
    *reply.rcode_mut() = match absence {
        NoAnswer::OtherZone => RCODE::Refused,
        NoAnswer::NoSuchName => RCODE::NameError,
        NoAnswer::NoSuchType => RCODE::NoError,
        NoAnswer::NotEvaluable(_) => RCODE::ServerFailure,
    };
    if matches!(absence, NoAnswer::NoSuchName | NoAnswer::NoSuchType) {
        // It says for how long the name's absence may be remembered (RFC 2308, section 3).
        let authority = view.authority(&DomainName::new(&question.qname.to_string()));
        let records = authority.and_then(|(zone, soa)| to_records(&owned_name(zone.as_str())?, soa).ok());
        reply.name_servers = records.unwrap_or_default();
    }
}

/// A value in Route 53's notation as a message has it.
fn data(record_type: &str, value: &str) -> Option<RData<'static>> {
    Some(match record_type {
        "A" => RData::A(A { address: value.parse::<Ipv4Addr>().ok()?.to_bits() }),
        "AAAA" => RData::AAAA(AAAA { address: value.parse::<Ipv6Addr>().ok()?.to_bits() }),
        "CNAME" => RData::CNAME(CNAME(owned_name(value)?)),
        "NS" => RData::NS(NS(owned_name(value)?)),
        "SOA" => RData::SOA(start_of_authority(value)?),
        "TXT" => RData::TXT(text(value)?),
        _ => return None,
    })
}

fn owned_name(text: &str) -> Option<Name<'static>> {
    Name::new(text.trim_end_matches('.')).ok().map(Name::into_owned)
}

/// `ns.example.com. admin.example.com. 1 7200 900 1209600 86400`
fn start_of_authority(value: &str) -> Option<SOA<'static>> {
    let fields: Vec<_> = value.split_whitespace().collect();
    let [server, mailbox, serial, refresh, retry, expire, minimum] = fields.as_slice() else { return None };
    Some(SOA {
        mname: owned_name(server)?,
        rname: owned_name(mailbox)?,
        serial: serial.parse().ok()?,
        refresh: refresh.parse().ok()?,
        retry: retry.parse().ok()?,
        expire: expire.parse().ok()?,
        minimum: minimum.parse().ok()?,
    })
}

/// A row of quoted strings, in which `\"` and `\\` stand for the character and `\ooo` for a byte in octal (Route 53
/// developer guide, "TXT record type").
fn text(value: &str) -> Option<TXT<'static>> {
    let mut text = TXT::new();
    let mut rest = value.trim();
    while let Some(quoted) = rest.strip_prefix('"') {
        let (string, after) = quoted_string(quoted.as_bytes())?;
        text.add_char_string(CharacterString::new(&string).ok()?.into_owned());
        rest = quoted.get(after..)?.trim_start();
    }
    rest.is_empty().then_some(text)
}

/// The bytes up to the closing quote, and where the text after it begins.
fn quoted_string(text: &[u8]) -> Option<(Vec<u8>, usize)> {
    let mut string = Vec::new();
    let mut position = 0;
    loop {
        match text.get(position)? {
            b'"' => return Some((string, position + 1)),
            b'\\' => {
                let octal = text.get(position + 1..position + 4).and_then(|digits| std::str::from_utf8(digits).ok());
                if let Some(byte) = octal.and_then(|digits| u8::from_str_radix(digits, 8).ok()) {
                    string.push(byte);
                    position += 4;
                } else {
                    string.push(*text.get(position + 1)?);
                    position += 2;
                }
            }
            byte => {
                string.push(*byte);
                position += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::time::Duration;

    use dr_synth::dns_failover::{DomainName, HostedZone, Record, Routing, Target};
    use simple_dns::rdata::RData;
    use simple_dns::{CLASS, Name, Packet, QTYPE, Question, RCODE, TYPE};

    use super::super::configuration::Configuration;
    use super::super::view::View;
    use super::{answer, data};

    fn record(name: &str, record_type: &str, value: &str) -> Record {
        Record {
            name: DomainName::new(name),
            record_type: record_type.to_owned(),
            target: Target::Values { values: vec![value.to_owned()], ttl: Duration::from_secs(30) },
            routing: Routing::Simple,
            health_check: None,
        }
    }

    fn view() -> View {
        let records = vec![
            record("example.com", "SOA", "ns-1.example.net. admin.example.net. 1 7200 900 1209600 86400"),
            record("a.example.com", "A", "192.0.2.1"),
            record("mail.example.com", "MX", "10 mail.example.net"),
        ];
        let zone = HostedZone { name: DomainName::new("example.com"), records };
        View::new(Configuration { zones: vec![zone], checks: BTreeMap::new(), names: BTreeMap::new() }, 1).unwrap()
    }

    fn ask(name: &str, record_type: QTYPE) -> Vec<u8> {
        let mut query = Packet::new_query(7);
        query.questions.push(Question::new(Name::new_unchecked(name), record_type, CLASS::IN.into(), false));
        answer(&query.build_bytes_vec().unwrap(), &view()).unwrap()
    }

    #[test]
    fn names_are_repeated_as_they_were_asked_for() {
        let reply = ask("A.Example.COM", QTYPE::TYPE(TYPE::A));
        let reply = Packet::parse(&reply).unwrap();
        assert_eq!(reply.questions[0].qname.to_string(), "A.Example.COM");
        assert!(matches!(&reply.answers[0].rdata, RData::A(a) if a.address == 0xC000_0201));
        assert_eq!(reply.answers[0].ttl, 30);
    }

    #[test]
    fn absence_says_how_long_to_remember_it() {
        for (name, code) in [("b.example.com", RCODE::NameError), ("example.com", RCODE::NoError)] {
            let reply = ask(name, QTYPE::TYPE(TYPE::A));
            let reply = Packet::parse(&reply).unwrap();
            assert_eq!((reply.rcode(), reply.answers.len()), (code, 0));
            assert!(matches!(&reply.name_servers[0].rdata, RData::SOA(soa) if soa.minimum == 86400));
            assert_eq!(reply.name_servers[0].name.to_string(), "example.com");
        }
    }

    #[test]
    fn what_cannot_be_answered_is_a_failure_and_not_an_absence() {
        for (name, question) in [("mail.example.com", QTYPE::TYPE(TYPE::MX)), ("a.example.com", QTYPE::ANY)] {
            let reply = ask(name, question);
            assert_eq!(Packet::parse(&reply).unwrap().rcode(), RCODE::ServerFailure);
        }
    }

    #[test]
    fn what_is_no_question_gets_no_answer() {
        let mut response = Packet::new_query(7);
        response.set_flags(simple_dns::PacketFlag::RESPONSE);
        for datagram in [Vec::new(), b"nonsense".to_vec(), response.build_bytes_vec().unwrap()] {
            assert_eq!(answer(&datagram, &view()), None, "{datagram:?}");
        }
    }

    #[test]
    fn texts_are_unquoted() {
        let text = |value: &str| match data("TXT", value) {
            Some(RData::TXT(text)) => String::try_from(text).ok(),
            _ => None,
        };
        assert_eq!(text(r#""us-east-1""#).as_deref(), Some("us-east-1"));
        assert_eq!(text(r#""one" "two""#).as_deref(), Some("onetwo"));
        assert_eq!(text(r#""a \"quoted\" \\ and \101""#).as_deref(), Some(r#"a "quoted" \ and A"#));
        assert_eq!(text(r#""""#).as_deref(), Some(""));
        for broken in ["us-east-1", r#""open"#, r#""a" b"#, r#""\"#] {
            assert_eq!(text(broken), None, "{broken}");
        }
    }
}
