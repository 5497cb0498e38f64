//! One configuration in both layouts, as Terraform itself takes it: applied as one document, moved into modules, moved
//! back. Only with the resource type that is part of Terraform, so that no provider and no network is needed.

use std::fs;
use std::path::Path;

use dr_synth::terraform::{
    Any, Check, Condition, Document, Documents, Expression, Handle, Lifecycle, Module, ModulePath, Number, Output,
    Resource, ResourceBlock, Schemas, TerraformSettings, Value, Variable, parse,
};
use serde_json::Value as Json;

use super::evaluation::terraform;

/// A block of the only type, with `input`, in a module of the tree.
fn data(name: &str, path: &[&str], input: &str) -> ResourceBlock {
    let block = ResourceBlock::resource("terraform_data", name.to_owned()).set("input", expression(input));
    let mut names = path.iter().map(|name| (*name).to_owned());
    match names.next() {
        None => block,
        Some(first) => {
            let home = names.fold(ModulePath::new(first), |path, name| path.child(name));
            block.in_module(&home, format!("own_{name}"))
        }
    }
}

fn expression(text: &str) -> Expression {
    parse::expression(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn value<T>(text: &str) -> Value<T> {
    Value::new(expression(text))
}

/// Everything that may cross from one module to another, in every direction.
fn everything() -> Module {
    let mut module = Module::new();
    module.settings(TerraformSettings::new().required_version(">= 1.11.0"));
    variables(&mut module);
    module.add_local::<String>("greeting", value::<String>("\"hello ${var.name} of ${path.module}\""));
    module.add_local::<Any>("sizes", value::<Any>("{ small = terraform_data.first.output.size, none = null }"));
    module.add_local::<String>("run", value::<String>("uuid()"));
    let once = Lifecycle::new().ignore_changes(["input"]);
    let blocks = [
        data("first", &["a"], "{ name = local.greeting, size = 2, list = [\"x\", \"y\"] }"),
        data("root", &[], "terraform_data.first.output.name"),
        data("counted", &["a", "deep"], "\"${terraform_data.root.output} ${count.index}\"").count(2),
        data("named", &["b"], "each.value")
            .for_each(expression("{ x = var.name, y = terraform_data.counted[1].output }")),
        data("listed", &["b"], "[count.index, \"z\"]").count(2),
        data("optional", &["a"], "1").count(value::<Number>("var.many ? 1 : 0")),
        data("indexed", &["c", "deeper", "deepest"], "terraform_data.counted[count.index].output").count(2),
        data("keyed", &["c", "deeper"], "terraform_data.named[each.key].output")
            .for_each(expression("toset(keys(terraform_data.named))")),
        data("splat", &["c"], "[terraform_data.counted[*].output, terraform_data.listed[*].output[1]]"),
        data("whole", &["c"], "[for key, it in terraform_data.named : \"${key}=${it.output}\"]"),
        data("guarded", &["c"], "length(terraform_data.optional) > 0 ? terraform_data.optional[0].output : \"none\""),
        data(
            "tried",
            &["b"],
            "try(terraform_data.optional[0].output, terraform_data.first.output.list[9], \"neither\")",
        ),
        data("part", &["c", "deeper"], "[terraform_data.first.output.list[1], local.sizes.small]"),
        data("secret", &["c"], "var.secret"),
        data("revealed", &["b"], "terraform_data.secret.output"),
        data("stamped", &["a"], "local.run").lifecycle(once.clone()),
        data("stamped_too", &["b"], "local.run").lifecycle(once),
        data("waiting", &["b"], "\"after\"")
            .depends_on(expression("terraform_data.counted"))
            .depends_on(expression("terraform_data.root")),
        data("waiting_root", &[], "\"after\"").depends_on(expression("terraform_data.indexed[0]")),
        data("triggered", &["a"], "1").lifecycle(
            Lifecycle::new()
                .replace_triggered_by(expression("terraform_data.first.id"))
                .precondition(Condition::new(value::<bool>("length(var.token) > 0"), "no token"))
                .postcondition(Condition::new(
                    value::<bool>("self.output == 1 && terraform_data.root.output != \"\""),
                    "no",
                )),
        ),
    ];
    for block in blocks {
        let _: Handle<ResourceBlock> = module.add(block);
    }
    module.add_check(Check::new(
        "names",
        Condition::new(value::<bool>("terraform_data.named[\"x\"].output == var.name"), "no"),
    ));
    module.add_output(Output::new("greeting", value::<String>("terraform_data.keyed[\"x\"].output")));
    module.add_output(Output::new("secret", value::<String>("terraform_data.revealed.output")).sensitive());
    module.add_output(Output::new(
        "all",
        value::<Any>("[terraform_data.indexed[*].output, terraform_data.whole.output]"),
    ));
    module
}

fn variables(module: &mut Module) {
    let _: Value<String> = module.add_variable(
        Variable::new("name")
            .default("world")
            .nullable(false)
            .validation(Condition::new(value::<bool>("length(var.name) > 0"), "empty")),
    );
    let _: Value<bool> = module.add_variable(
        Variable::new("many")
            .default(false)
            .validation(Condition::new(value::<bool>("!var.many || var.name != \"\""), "never")),
    );
    let _: Value<String> = module.add_variable(Variable::new("secret").default("hush").sensitive());
    let _: Value<String> = module.add_variable(Variable::new("token").default("t").ephemeral());
}

fn write_single(folder: &Path) {
    let mut module = everything();
    module.add_moves_out_of_modules();
    let document = Document::new(module, &Schemas::new()).unwrap_or_else(|found| panic!("{found:#?}"));
    let _ = fs::remove_dir_all(folder.join("modules"));
    fs::write(folder.join("main.tf.json"), document.to_bytes()).unwrap();
}

fn write_modules(folder: &Path) {
    let configuration = Documents::new(everything(), &Schemas::new()).unwrap_or_else(|found| panic!("{found:#?}"));
    for (path, content) in configuration.files() {
        let file = folder.join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, content).unwrap();
    }
}

/// Applies what is planned and returns the plan.
fn plan_and_apply(folder: &Path) -> Json {
    terraform(folder, &["init", "-no-color", "-input=false"]);
    terraform(folder, &["plan", "-no-color", "-input=false", "-out=new.tfplan"]);
    let plan = serde_json::from_slice(&terraform(folder, &["show", "-json", "new.tfplan"])).unwrap();
    terraform(folder, &["apply", "-no-color", "-input=false", "new.tfplan"]);
    plan
}

/// Nothing but moves, of all objects, and no output is another one.
fn assert_moves_only(plan: &Json, objects: usize, what: &str) {
    let changes = plan["resource_changes"].as_array().unwrap();
    for change in changes {
        assert_eq!(change["change"]["actions"], serde_json::json!(["no-op"]), "{what}: {change:#}");
    }
    let moved = changes.iter().filter(|change| change["previous_address"].is_string()).count();
    assert_eq!(moved, objects, "{what}");
    for (name, output) in plan["output_changes"].as_object().unwrap() {
        assert_eq!(output["actions"], serde_json::json!(["no-op"]), "{what}: output {name}");
    }
    assert_eq!(plan["resource_drift"], Json::Null, "{what}");
}

fn outputs(folder: &Path) -> Json {
    serde_json::from_slice(&terraform(folder, &["output", "-json"])).unwrap()
}

#[test]
fn a_state_moves_into_modules_and_back_without_a_change() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write_single(folder);
    let first = plan_and_apply(folder);
    let before = outputs(folder);
    assert_eq!(before["greeting"]["value"], "world");
    assert_eq!(before["all"]["value"][1][1], "y=hello world of . 1");
    let objects = first["resource_changes"].as_array().unwrap().len();
    let in_root = 2;

    write_modules(folder);
    assert_moves_only(&plan_and_apply(folder), objects - in_root, "into modules");
    assert_eq!(outputs(folder), before);

    write_single(folder);
    assert_moves_only(&plan_and_apply(folder), objects - in_root, "and back");
    assert_eq!(outputs(folder), before);
}

#[test]
fn both_layouts_plan_the_same_from_nothing() {
    let [single, modules] = [write_single as fn(&Path), write_modules].map(|write| {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path());
        let plan = plan_and_apply(folder.path());
        terraform(folder.path(), &["destroy", "-auto-approve", "-no-color", "-input=false"]);
        plan
    });
    let changes = |plan: &Json| {
        let changes = plan["resource_changes"].as_array().unwrap().clone().into_iter();
        let mut changes: Vec<(String, Json)> = changes
            .map(|mut change| {
                let address = change["address"].as_str().unwrap();
                let (_, own) = address.rsplit_once("terraform_data.").unwrap();
                (own.trim_start_matches("own_").to_owned(), change["change"].take())
            })
            .collect();
        changes.sort_by(|(left, _), (right, _)| left.cmp(right));
        changes
    };
    assert_eq!(changes(&single), changes(&modules));
}
