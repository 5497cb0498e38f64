//! One file per capability. A component takes what it needs and returns what others build on; it does not know whether
//! it stands in the primary or the DR region unless that is the point of it.

pub mod access_logs;
pub mod alarms;
pub mod alerts;
pub mod api_domain;
pub mod backup;
pub mod bucket;
pub mod budget;
pub mod config;
pub mod credentials;
pub mod dashboard;
pub mod database;
pub mod dns;
pub mod dnssec;
pub mod encryption;
pub mod endpoints;
pub mod failover;
pub mod flow_logs;
pub mod function_package;
pub mod function_role;
pub mod log_group;
pub mod naming;
pub mod network;
pub mod notices;
pub mod payments_api;
pub mod payments_function;
pub mod peering;
pub mod region_scope;
pub mod replication;
pub mod sessions;
pub mod stack_sets;
pub mod standalone_function;
pub mod storage;
pub mod tracing;
pub mod waf;
pub mod waf_log;
