//! The failover of an applied stack as its operators reach it: state machines, latch, kill switch, what the detector saw.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};

use crate::aws::{Aws, Method, elements};
use crate::deployment::Deployment;

const POLL: Duration = Duration::from_millis(500);
const STEP_FUNCTIONS: &str = "AWSStepFunctions";

/// One of the state machines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Machine {
    /// Makes the DR region the one that takes payments.
    Failover,
    /// Goes back without loss.
    Failback,
    /// Does both, planned, and measures it.
    Drill,
}

impl Machine {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Failover, Self::Failback, Self::Drill];

    /// Its name in outputs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Failover => "failover",
            Self::Failback => "failback",
            Self::Drill => "drill",
        }
    }
}

/// A run of a state machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Execution {
    /// Its ARN.
    pub arn: String,
}

impl Execution {
    /// The last part of the ARN.
    pub fn name(&self) -> &str {
        self.arn.rsplit(':').next().unwrap_or_default()
    }
}

/// How far an execution has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExecutionStatus {
    /// `RUNNING`, `SUCCEEDED`, `FAILED` and others.
    pub status: String,
    /// The state it is in, or ended in.
    pub state: String,
}

/// A state that an execution has entered.
#[derive(Debug, Clone, PartialEq)]
pub struct Entered {
    /// The state's name.
    pub state: String,
    /// When, in seconds since 1970.
    pub at: f64,
}

/// The failover of one stack. All calls go to the DR region, where all of it stands.
#[derive(Clone)]
pub struct Failover {
    aws: Aws,
    region: String,
    machines: [String; 3],
    guards: String,
    table: String,
    switch: String,
    global_cluster: String,
}

impl Failover {
    /// The failover of this stack.
    ///
    /// # Errors
    ///
    /// When an output or the global database is missing.
    pub fn of(stack: &Deployment) -> Result<Self> {
        let machine = |machine: Machine| -> Result<String> {
            Ok(stack.output(&format!("{}_state_machine_arn", machine.name()))?.to_owned())
        };
        let [failover, failback, drill] = Machine::ALL.map(machine);
        let resources = stack.resources();
        let global = resources.iter().find(|resource| resource["type"] == "aws_rds_global_cluster");
        let identifier = global.and_then(|global| global["values"]["global_cluster_identifier"].as_str());
        let guards = resources.iter().find(|resource| resource["address"] == "aws_lambda_function.dr_failover_guards");
        let guards = guards.and_then(|guards| guards["values"]["function_name"].as_str());
        Ok(Self {
            aws: stack.aws.clone(),
            region: stack.dr.name.clone(),
            machines: [failover?, failback?, drill?],
            guards: guards.context("the state has no function of the guards")?.to_owned(),
            table: stack.output("failover_state_table")?.to_owned(),
            switch: stack.output("failover_switch_parameter")?.to_owned(),
            global_cluster: identifier.context("the state has no global database")?.to_owned(),
        })
    }

    /// Starts an execution.
    ///
    /// # Errors
    ///
    /// When Step Functions refuses it.
    pub fn start(&self, machine: Machine, name: &str, input: &Value) -> Result<Execution> {
        let request = json!({"stateMachineArn": self.arn(machine), "name": name, "input": input.to_string()});
        let answer = self.step_functions("StartExecution", &request)?;
        let arn = answer["executionArn"].as_str().context("StartExecution answered no ARN")?;
        Ok(Execution { arn: arn.to_owned() })
    }

    /// Starts the failover as a person does.
    ///
    /// # Errors
    ///
    /// When Step Functions refuses it.
    pub fn start_by_operator(&self, name: &str) -> Result<Execution> {
        self.start(Machine::Failover, name, &json!({"requested_by": "operator", "reason": name}))
    }

    /// The executions of a machine, the newest first.
    ///
    /// # Errors
    ///
    /// When they cannot be listed.
    pub fn executions(&self, machine: Machine) -> Result<Vec<Execution>> {
        let answer = self.step_functions("ListExecutions", &json!({"stateMachineArn": self.arn(machine)}))?;
        let executions = answer["executions"].as_array().into_iter().flatten();
        let arns = executions.filter_map(|execution| execution["executionArn"].as_str());
        Ok(arns.map(|arn| Execution { arn: arn.to_owned() }).collect())
    }

    /// `RUNNING`, `SUCCEEDED`, `FAILED` and others.
    ///
    /// # Errors
    ///
    /// When the execution cannot be described.
    pub fn status(&self, execution: &Execution) -> Result<String> {
        let answer = self.step_functions("DescribeExecution", &json!({"executionArn": execution.arn}))?;
        Ok(answer["status"].as_str().context("an execution without a status")?.to_owned())
    }

    /// How far an execution has come.
    ///
    /// # Errors
    ///
    /// When it cannot be described.
    pub fn status_of(&self, execution: &Execution) -> Result<ExecutionStatus> {
        let status = self.status(execution)?;
        let state = self.entered(execution)?.pop().map(|entered| entered.state).unwrap_or_default();
        Ok(ExecutionStatus { status, state })
    }

    /// The states that an execution has entered, in order.
    ///
    /// # Errors
    ///
    /// When its history cannot be read.
    pub fn entered(&self, execution: &Execution) -> Result<Vec<Entered>> {
        let mut entered = Vec::new();
        let mut request = json!({"executionArn": execution.arn, "maxResults": 1000});
        loop {
            let answer = self.step_functions("GetExecutionHistory", &request)?;
            for event in answer["events"].as_array().into_iter().flatten() {
                if let Some(state) = event["stateEnteredEventDetails"]["name"].as_str() {
                    let at = event["timestamp"].as_f64().context("an event without a time")?;
                    entered.push(Entered { state: state.to_owned(), at });
                }
            }
            match answer["nextToken"].as_str() {
                Some(token) => request["nextToken"] = token.into(),
                None => return Ok(entered),
            }
        }
    }

    /// Waits until an execution has ended.
    ///
    /// # Errors
    ///
    /// When it has not in time; with where it stands.
    pub fn wait_for_end(&self, execution: &Execution, timeout: Duration) -> Result<ExecutionStatus> {
        self.wait_for(execution, timeout, |standing| standing.status != "RUNNING")
    }

    /// Waits until an execution is in a state, or has ended.
    ///
    /// # Errors
    ///
    /// When it is not in time; with where it stands.
    pub fn wait_for_state(&self, execution: &Execution, state: &str, timeout: Duration) -> Result<ExecutionStatus> {
        let standing =
            self.wait_for(execution, timeout, |standing| standing.state == state || standing.status != "RUNNING")?;
        ensure!(standing.state == state, "{} ended as {standing:?} and was never in {state}", execution.name());
        Ok(standing)
    }

    fn wait_for(
        &self,
        execution: &Execution,
        timeout: Duration,
        holds: impl Fn(&ExecutionStatus) -> bool,
    ) -> Result<ExecutionStatus> {
        let deadline = Instant::now() + timeout;
        loop {
            let standing = self.status_of(execution)?;
            if holds(&standing) {
                return Ok(standing);
            }
            if Instant::now() >= deadline {
                bail!("{} is still {standing:?} after {} s", execution.name(), timeout.as_secs());
            }
            thread::sleep(POLL);
        }
    }

    /// What the guards would say to a person who starts the failover now; they only read.
    ///
    /// # Errors
    ///
    /// When their function does not answer.
    pub fn judgement(&self) -> Result<Value> {
        let request = json!({"check": "failover", "request": {"requested_by": "operator"}});
        let path = format!("/2015-03-31/functions/{}/invocations", self.guards);
        self.aws.send(&self.region, "lambda", Method::Post, &path, &request.to_string())?.json()
    }

    /// Waits until the guards would let a failover go on by itself. After an apply or a disturbance it takes a minute until
    /// the replication lag is known to be small again.
    ///
    /// # Errors
    ///
    /// When they would not in time; with their reasons.
    pub fn wait_until_ready(&self, timeout: Duration) -> Result<()> {
        let deadline = Instant::now() + timeout;
        loop {
            let judgement = self.judgement()?;
            if judgement["verdict"] == "proceed" {
                return Ok(());
            }
            ensure!(Instant::now() < deadline, "after {} s the guards say {judgement}", timeout.as_secs());
            thread::sleep(POLL);
        }
    }

    /// Answers a question for approval with no.
    ///
    /// # Errors
    ///
    /// When nobody has asked.
    pub fn reject(&self, task_token: &str) -> Result<()> {
        let request = json!({"taskToken": task_token, "error": "Rejected", "cause": "game day"});
        self.step_functions("SendTaskFailure", &request).map(drop)
    }

    /// Whether the latch holds DNS in the DR region.
    ///
    /// # Errors
    ///
    /// When the table cannot be read.
    pub fn latch_is_set(&self) -> Result<bool> {
        Ok(self.item("latch")?["active"]["BOOL"] == true)
    }

    /// How many probes in a row have failed, and the incident that they belong to.
    ///
    /// # Errors
    ///
    /// When the table cannot be read.
    pub fn streak(&self) -> Result<(u32, Option<String>)> {
        let item = self.item("detector")?;
        let failures = item["failures"]["N"].as_str().unwrap_or("0").parse().context("failures is no number")?;
        Ok((failures, item["incident"]["S"].as_str().map(str::to_owned)))
    }

    /// An item of the state table; null if there is none.
    ///
    /// # Errors
    ///
    /// When the table cannot be read.
    pub fn item(&self, id: &str) -> Result<Value> {
        let request = json!({"TableName": self.table, "Key": {"id": {"S": id}}, "ConsistentRead": true});
        Ok(self.aws.json(&self.region, "dynamodb", "DynamoDB_20120810.GetItem", &request)?["Item"].take())
    }

    /// Forgets the last failover, which ends its cool-down.
    ///
    /// # Errors
    ///
    /// When the table cannot be written.
    pub fn forget_last_failover(&self) -> Result<()> {
        let request = json!({"TableName": self.table, "Key": {"id": {"S": "failover"}}});
        self.aws.json(&self.region, "dynamodb", "DynamoDB_20120810.DeleteItem", &request).map(drop)
    }

    /// Sets the kill switch: `armed` or `stopped`.
    ///
    /// # Errors
    ///
    /// When the parameter cannot be written.
    pub fn set_switch(&self, value: &str) -> Result<()> {
        let request = json!({"Name": self.switch, "Value": value, "Type": "String", "Overwrite": true});
        self.aws.json(&self.region, "ssm", "AmazonSSM.PutParameter", &request).map(drop)
    }

    /// Whether a switchover or a failover is under way, as RDS says.
    ///
    /// # Errors
    ///
    /// When RDS does not answer.
    pub fn roles_are_changing(&self) -> Result<bool> {
        let xml = self.describe_global_cluster()?;
        Ok(["switching-over", "failing-over"].iter().any(|status| elements(&xml, "Status").contains(status)))
    }

    fn describe_global_cluster(&self) -> Result<String> {
        let parameters =
            format!("Action=DescribeGlobalClusters&Version=2014-10-31&GlobalClusterIdentifier={}", self.global_cluster);
        self.aws.query(&self.region, "rds", &parameters)
    }

    /// The region of the cluster that RDS calls the writer.
    ///
    /// # Errors
    ///
    /// When there is not exactly one.
    pub fn writer_region(&self) -> Result<String> {
        let xml = self.describe_global_cluster()?;
        let members = elements(&xml, "GlobalClusterMember");
        let writers = members.iter().filter(|member| elements(member, "IsWriter") == ["true"]);
        let arns: Vec<_> = writers.flat_map(|member| elements(member, "DBClusterArn")).collect();
        let [writer] = arns[..] else { bail!("not one writer, but {arns:?}, in {xml}") };
        writer.split(':').nth(3).map(str::to_owned).context("a cluster's ARN without a region")
    }

    /// Asks RDS for another writer past all machines, in the writer's region, as the console does.
    ///
    /// # Errors
    ///
    /// When RDS refuses it.
    pub fn switch_over_by_hand(&self, writer_region: &str, target_cluster_arn: &str) -> Result<()> {
        let parameters = format!(
            "Action=SwitchoverGlobalCluster&Version=2014-10-31&GlobalClusterIdentifier={}&TargetDbClusterIdentifier={}",
            self.global_cluster, target_cluster_arn
        );
        self.aws.query(writer_region, "rds", &parameters).map(drop)
    }

    fn arn(&self, machine: Machine) -> &str {
        let [failover, failback, drill] = &self.machines;
        match machine {
            Machine::Failover => failover,
            Machine::Failback => failback,
            Machine::Drill => drill,
        }
    }

    fn step_functions(&self, action: &str, request: &Value) -> Result<Value> {
        self.aws.json(&self.region, "states", &format!("{STEP_FUNCTIONS}.{action}"), request)
    }
}
