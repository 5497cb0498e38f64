//! Every backend that a user can choose, as Terraform itself reads it. Only the `terraform` block, so that no provider is needed.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::json;

use super::evaluation::terraform;
use crate::common::dr_synth;

/// What Terraform says about a block that it does not take.
const REFUSALS: [&str; 6] = [
    "Extraneous JSON object property",
    "Unsupported argument",
    "Missing required argument",
    "Invalid or missing required argument",
    "Unsupported backend type",
    "Invalid ",
];

fn notations() -> [&'static str; 8] {
    [
        "local",
        "local:state/payments.tfstate",
        "s3:payments-state/prod.tfstate@us-west-2",
        "cloud:acme/payments",
        "http:https://127.0.0.1:1/payments",
        "azurerm:state/acmestate/tfstate/prod.tfstate",
        "gcs:acme-state/payments",
        "none",
    ]
}

/// A folder with the backend that dr-synth writes for this notation, and an output.
fn folder(notation: &str) -> tempfile::TempDir {
    let mut document = dr_synth("--backend").argument(notation).succeed().document();
    let mut block = document["terraform"].take();
    block.as_object_mut().unwrap().remove("required_providers");
    let folder = tempfile::tempdir().unwrap();
    let text = json!({ "terraform": block, "output": { "one": { "value": 1 } } }).to_string();
    fs::write(folder.path().join("main.tf.json"), text).unwrap();
    folder
}

/// `terraform init` without anybody's credentials.
fn init(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new("terraform");
    command.args(["init", "-input=false", "-no-color"]).args(arguments).current_dir(folder).env_clear();
    command.env("PATH", std::env::var_os("PATH").unwrap()).env("HOME", folder).env("CHECKPOINT_DISABLE", "1");
    command.output().expect("`terraform` on the PATH")
}

#[test]
fn terraform_validates_every_backend() {
    for notation in notations() {
        let folder = folder(notation);
        terraform(folder.path(), &["init", "-backend=false", "-input=false"]);
        terraform(folder.path(), &["validate"]);
    }
}

/// `-backend=false` reads no argument. Initialized, each is decoded before anything is asked of a service.
#[test]
fn terraform_takes_the_arguments_of_every_backend() {
    for notation in notations().into_iter().filter(|notation| !notation.starts_with("cloud:")) {
        let output = init(folder(notation).path(), &["-lockfile=readonly"]);
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert!(REFUSALS.iter().all(|refusal| !said.contains(refusal)), "{notation}:\n{said}");
    }
}

#[test]
fn a_state_on_a_server_is_asked_for_at_its_address() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http:http://{}/payments", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut line = String::new();
        BufReader::new(stream.try_clone().unwrap()).read_line(&mut line).unwrap();
        stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").unwrap();
        line
    });
    let output = init(folder(&address).path(), &[]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(server.join().unwrap(), "GET /payments HTTP/1.1\r\n");
}

/// What the documentation says about `none`: a block in a file beside it counts, and takes a partial configuration.
#[test]
fn none_is_filled_in_by_a_file_beside_it() {
    let folder = folder("none");
    fs::write(folder.path().join("backend.tf"), "terraform {\n  backend \"local\" {}\n}\n").unwrap();
    terraform(folder.path(), &["init", "-input=false", "-backend-config=path=elsewhere/x.tfstate"]);
    terraform(folder.path(), &["apply", "-auto-approve", "-input=false"]);
    assert!(folder.path().join("elsewhere/x.tfstate").is_file());
}

#[test]
fn a_block_of_the_document_is_replaced_by_an_override() {
    let folder = folder("s3:payments-state/prod.tfstate@us-west-2");
    let text = "terraform {\n  backend \"local\" {\n    path = \"own.tfstate\"\n  }\n}\n";
    fs::write(folder.path().join("backend_override.tf"), text).unwrap();
    terraform(folder.path(), &["init", "-input=false"]);
    terraform(folder.path(), &["apply", "-auto-approve", "-input=false"]);
    assert!(folder.path().join("own.tfstate").is_file());
}
