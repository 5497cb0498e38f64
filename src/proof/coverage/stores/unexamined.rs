//! Types that hold data, and whose copies are not examined: each is named, so that nobody takes it for covered.

use super::super::copy::{Copy, History, Store};
use crate::proof::model::{Account, Model, Node, Resource};

const KINDS: [&str; 1] = ["aws_qldb_ledger"];

pub(super) fn stores(model: &Model) -> Vec<Store<'_>> {
    let of_kind =
        |kind: &&'static str| model.of_type(kind).map(|resource| Store { resource, copies: vec![unknown(resource)] });
    KINDS.iter().flat_map(of_kind).collect()
}

/// Something that may be anywhere and anything.
fn unknown(resource: &Resource) -> Copy {
    let reason = format!("the copies of {} are not examined by dr-synth", resource.kind);
    let mut copy = Copy::of_store(resource);
    "a copy".clone_into(&mut copy.what);
    copy.region = Node::Unknown(reason.clone());
    copy.account = Account::Unknown(reason.clone());
    copy.outlives_store = true;
    copy.history = Some(History { kept: None, gap: 0, distance: None });
    copy.doubts.push(reason);
    copy
}
