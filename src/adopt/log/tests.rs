use super::*;

fn told(log: &str) -> Vec<(String, Outcome)> {
    creations(log).into_iter().map(|creation| (creation.address, creation.outcome)).collect()
}

fn one(address: &str, outcome: Outcome) -> Vec<(String, Outcome)> {
    vec![(address.to_owned(), outcome)]
}

/// As Terraform 1.11.4 prints it on a terminal.
const COLOURED: &str = "\u{1b}[0m\u{1b}[1maws_iam_role.r: Creating...\u{1b}[0m\u{1b}[0m\n\
\u{1b}[31m╷\u{1b}[0m\u{1b}[0m\n\
\u{1b}[31m│\u{1b}[0m \u{1b}[0m\u{1b}[1m\u{1b}[31mError: \u{1b}[0m\u{1b}[0m\u{1b}[1mcreating IAM Role (x): operation error IAM: CreateRole, https\u{1b}[0m\n\
\u{1b}[31m│\u{1b}[0m \u{1b}[0mresponse error StatusCode: 409, EntityAlreadyExists: Role with name x already\n\
\u{1b}[31m│\u{1b}[0m \u{1b}[0mexists.\n\
\u{1b}[31m│\u{1b}[0m \u{1b}[0m\n\
\u{1b}[31m│\u{1b}[0m \u{1b}[0m\u{1b}[0m  with aws_iam_role.r,\n\
\u{1b}[31m│\u{1b}[0m \u{1b}[0m  on main.tf.json line 1, in resource.aws_iam_role.r:\n\
\u{1b}[31m╵\u{1b}[0m\u{1b}[0m\n";

#[test]
fn colours_and_boxes() {
    assert_eq!(told(COLOURED), one("aws_iam_role.r", Outcome::Exists));
}

#[test]
fn the_last_word_counts() {
    let begun = "module.a.aws_x.y[\"k: 1\"]: Creating...\n";
    let address = "module.a.aws_x.y[\"k: 1\"]";
    assert_eq!(told(begun), one(address, Outcome::Open));
    let complete = format!("{begun}{address}: Creation complete after 0s [id=1]\n");
    assert_eq!(told(&complete), one(address, Outcome::Complete));
    assert_eq!(told(&format!("{complete}{begun}")), one(address, Outcome::Open));
    assert_eq!(told(&format!("{complete}{address}: Destruction complete after 0s\n")), []);
}

#[test]
fn what_a_later_apply_finds_in_the_state_is_complete() {
    let begun = "a.b: Creating...\n";
    let refreshed = "a.b: Refreshing state... [id=1]\n";
    assert_eq!(told(&format!("{begun}{refreshed}")), one("a.b", Outcome::Complete));
    let prepared = format!("{begun}a.b: Preparing import... [id=1]\n{refreshed}");
    assert_eq!(told(&prepared), one("a.b", Outcome::Open));
    let imported = format!("{prepared}a.b: Importing... [id=1]\na.b: Import complete [id=1]\n");
    assert_eq!(told(&imported), one("a.b", Outcome::Complete));
    assert_eq!(told(refreshed), []);
}

#[test]
fn runners_write_times_before_lines() {
    assert_eq!(
        told("2026-11-30T18:00:00.123Z aws_x.y[\"a b\"]: Creating...\n"),
        one("aws_x.y[\"a b\"]", Outcome::Open)
    );
}

#[test]
fn other_errors_are_no_objects() {
    let failed = |text: &str| told(&format!("aws_x.y: Creating...\nError: {text}\n\n  with aws_x.y,\n"));
    assert_eq!(failed("AccessDenied: no"), one("aws_x.y", Outcome::Failed));
    assert_eq!(failed("ResourceConflictException: an update is in progress"), one("aws_x.y", Outcome::Failed));
    assert_eq!(failed("BucketAlreadyExists: it is taken"), one("aws_x.y", Outcome::Failed));
    for text in [
        "ResourceConflictException: Function already exist: f",
        "ResourceInUseException: Table already exists: t",
        "BucketAlreadyOwnedByYou: Your previous request",
        "DBClusterAlreadyExistsFault: x",
        "ConflictException: Another resource with the same parent already has this name: already exists",
    ] {
        assert_eq!(failed(text), one("aws_x.y", Outcome::Exists), "{text}");
    }
    assert_eq!(told("Error: already exists\n\n  with aws_x.y,\n"), []);
}

#[test]
fn machine_readable_lines() {
    let line = |kind: &str, rest: &str| format!("{{\"@level\":\"info\",\"type\":\"{kind}\",{rest}}}\n");
    let hook = |address: &str| format!("\"hook\":{{\"resource\":{{\"addr\":\"{address}\"}},\"action\":\"create\"}}");
    let begun = ["a.a", "b.b", "c.c"].map(|address| line("apply_start", &hook(address))).concat();
    let refused = "\"diagnostic\":{\"severity\":\"error\",\"summary\":\"EntityAlreadyExists\",\"address\":\"b.b\"}";
    let log = begun + &line("apply_complete", &hook("a.a")) + &line("diagnostic", refused) + "{\"@level\":\"inf";
    let expected = [("a.a", Outcome::Complete), ("b.b", Outcome::Exists), ("c.c", Outcome::Open)];
    assert_eq!(told(&log), expected.map(|(address, outcome)| (address.to_owned(), outcome)));
}

#[test]
fn a_log_of_both_forms_is_read_in_its_order() {
    let log = "aws_vpc.a: Creating...\n{\"@level\":\"info\",\"type\":\"apply_start\",\"hook\":{\"resource\":{\"addr\":\"aws_vpc.b\"},\
               \"action\":\"create\"}}\naws_vpc.a: Creation complete after 1s [id=vpc-1]\n";
    let found: Vec<_> = creations(log).into_iter().map(|creation| (creation.address, creation.outcome)).collect();
    assert_eq!(found, [("aws_vpc.a".to_owned(), Outcome::Complete), ("aws_vpc.b".to_owned(), Outcome::Open)]);
}

#[test]
fn a_log_that_leaves_nothing_behind_is_one_all_the_same() {
    for log in ["aws_vpc.a: Modifications complete after 1s [id=vpc-1]\n", "Apply complete! Resources: 0 added\n"] {
        assert!(is_log(log), "{log}");
    }
    assert!(!is_log("a letter\n"));
}
