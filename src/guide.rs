//! A guide to the crate, for programs that are built on it. Every example is compiled and run with the tests.
//!
//! 1. [Add to the stack](#add-to-the-stack)
//! 2. [A stack of your own](#a-stack-of-your-own)
//! 3. [Types without bindings, and other providers](#types-without-bindings-and-other-providers)
//! 4. [What the check finds](#what-the-check-finds)
//! 5. [Write it](#write-it)
//! 6. [Compare with what was applied](#compare-with-what-was-applied)
//! 7. [What stays the same](#what-stays-the-same)
//!
//! # Add to the stack
//!
//! [`stack::build`](crate::stack::build) builds what `dr-synth` prints. What you add to it is held to the same checks, and
//! [`Stack::in_each_region`](crate::stack::Stack::in_each_region) adds it to both regions at once, with names, tags and the
//! provider of each:
//!
//! ```
//! use dr_synth::aws::sqs;
//! use dr_synth::components::naming::NameKind;
//! use dr_synth::settings::Settings;
//! use dr_synth::stack;
//!
//! let mut stack = stack::build(&Settings::default());
//! stack.in_each_region(|region, base| {
//!     let name = region.name(NameKind::Queue, "refunds");
//!     region.add(sqs::Queue::new("refunds").name(name).kms_master_key_id(base.keys.operations.arn()));
//! });
//! let document = stack.document().expect("both regions have it, and all of it is right");
//! assert!(document.to_string().contains("payments-refunds-use2-${var.environment_suffix}"));
//! ```
//!
//! `base` is what the region is made of: keys, network, buckets, alert topic, log settings. A queue with a function that
//! works on it, its role and its log is the example `extend_the_stack`.
//!
//! What stands in one region only is an error, because a standby that lacks something is found out on the worst day:
//!
//! ```
//! # use dr_synth::aws::sqs;
//! # use dr_synth::settings::Settings;
//! # use dr_synth::stack;
//! # use dr_synth::terraform::Resource;
//! let mut stack = stack::build(&Settings::default());
//! let primary = stack.regions()[0].provider.clone();
//! stack.module_mut().add(sqs::Queue::new("primary_refunds").provider(&primary));
//! let problems = stack.document().unwrap_err();
//! assert_eq!(problems[0].block, "aws_sqs_queue.refunds");
//! ```
//!
//! # A stack of your own
//!
//! The core knows no disaster recovery. A [`Module`](crate::terraform::Module) owns blocks; adding one gives a
//! [`Handle`](crate::terraform::Handle) whose methods are the block's attributes; a
//! [`Document`](crate::terraform::Document) is a module that the check found nothing wrong with:
//!
//! ```
//! use dr_synth::aws::{self, s3, sns};
//! use dr_synth::terraform::{Document, Module, Output, Provider, RequiredProvider, TerraformSettings, concat};
//!
//! let mut module = Module::new();
//! let aws = RequiredProvider { source: "hashicorp/aws".into(), version: None, configuration_aliases: Vec::new() };
//! module.settings(TerraformSettings::new().required_provider("aws", aws));
//! module.add_provider(Provider::new("aws").set("region", "eu-central-1"));
//!
//! let topic = module.add(sns::Topic::new("uploads"));
//! module.add(s3::Bucket::new("documents").bucket(concat(["documents-".into(), topic.name()])));
//! module.add_output(Output::new("topic", topic.arn()).description("Hears of uploads."));
//!
//! let document = Document::new(module, aws::schemas()).unwrap();
//! assert!(document.to_string().contains("documents-${aws_sns_topic.uploads.name}"));
//! ```
//!
//! A [`Value<T>`](crate::terraform::Value) is a Terraform expression that evaluates to a `T`. Literals become values by
//! themselves, and a `${` in them stays two characters; [`concat`](crate::terraform::concat()) joins texts, functions are
//! in [`functions`](crate::terraform::functions), and [`parse`](crate::terraform::parse) reads an expression from text.
//!
//! # Types without bindings, and other providers
//!
//! Bindings exist for the types that the stack uses. Every other type of the AWS provider is a
//! [`ResourceBlock`](crate::terraform::ResourceBlock), held to the same schema when the document is made. For another
//! provider, give its schema, as `terraform providers schema -json` prints it:
//!
//! ```
//! use dr_synth::aws;
//! use dr_synth::terraform::schema::Schema;
//! use dr_synth::terraform::{DiagnosticKind, Document, Module, Provider, RequiredProvider, ResourceBlock, TerraformSettings};
//!
//! # let printed = include_str!("../examples/random.schema.json");
//! let random = Schema::from_json(printed, "registry.terraform.io/hashicorp/random").unwrap();
//! let schemas = aws::schemas().clone().with("random", random);
//!
//! let mut module = Module::new();
//! let source = RequiredProvider { source: "hashicorp/random".into(), version: None, configuration_aliases: Vec::new() };
//! module.settings(TerraformSettings::new().required_provider("random", source));
//! module.add_provider(Provider::new("random"));
//! module.add(ResourceBlock::resource("random_pet", "name").set("lenght", 3));
//!
//! let problems = Document::new(module, &schemas).unwrap_err();
//! assert_eq!(problems[0].kind, DiagnosticKind::UnknownArgument);
//! assert_eq!(problems[0].candidates, ["length"]);
//! ```
//!
//! Blocks of a provider without a schema are checked for everything that needs none.
//!
//! # What the check finds
//!
//! References to what is not there, arguments that a type does not take or needs, values of the wrong type, conflicts,
//! blocks without a provider, addresses twice, circles. All of it at once, as [`Diagnostic`](crate::terraform::Diagnostic)s
//! with the place, the reason and the nearest valid names. Documents of other tools are checked the same way:
//!
//! ```
//! use dr_synth::aws;
//! use dr_synth::terraform::parse;
//!
//! let text = r#"{"provider": {"aws": {"region": "eu-central-1"}},
//!     "resource": {"aws_sqs_queue": {"a": {"policy": "${aws_sns_topic.b.arn}"}}}}"#;
//! let problems = parse::document(text).unwrap().check(aws::schemas());
//! assert!(problems.iter().any(|problem| problem.message.contains("aws_sns_topic.b")));
//! ```
//!
//! # Write it
//!
//! [`Document::write`](crate::terraform::Document::write) writes to anything, the same bytes for the same document.
//! [`Files`](crate::files::Files) writes several files into a folder wholly or not at all.
//!
//! # Compare with what was applied
//!
//! [`diff`](crate::diff) tells which objects a new configuration adds, changes, moves and destroys, and which data that loses:
//!
//! ```
//! use dr_synth::diff::compare;
//! use dr_synth::terraform::{Configuration, parse};
//!
//! let [old, new] = ["a", "b"].map(|name| {
//!     let text = format!(r#"{{"resource": {{"aws_dynamodb_table": {{"{name}": {{"name": "x", "hash_key": "id"}}}}}}}}"#);
//!     Configuration::from(parse::document(&text).unwrap())
//! });
//! let comparison = compare(&old, &new).unwrap();
//! assert_eq!(comparison.dangers().count(), 1, "renamed without a `moved` block, the table is destroyed");
//! ```
//!
//! # What stays the same
//!
//! Versions follow semantic versioning. Not part of the promise: the text of messages and of `Debug`, the bytes of the stack's
//! document, and [`Settings`](crate::settings::Settings), which gets fields with new features: write
//! `Settings { ..Settings::default() }`. Addresses in the stack's document change only with a `moved` block
//! ([`stack::moves`](crate::stack::moves)).
