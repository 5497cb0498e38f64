//! What single expressions are parsed to, where HCL's rules are easy to get wrong.

use std::sync::Arc;

use dr_synth::terraform::expression::{
    BinaryOperator, Call, Names, Root, Step, TemplatePart, Traversal, UnaryOperator,
};
use dr_synth::terraform::{Address, Expression, Object, ResourceMode, TypeConstraint, parse};

fn parsed(text: &str) -> Expression {
    parse::expression(text).unwrap_or_else(|error| panic!("{error}\n{}", error.draw(text)))
}

fn template(text: &str) -> Expression {
    parse::template(text).unwrap_or_else(|error| panic!("{error}\n{}", error.draw(text)))
}

fn text(text: &'static str) -> Expression {
    Expression::Text(text.into())
}

fn number(number: u64) -> Expression {
    Expression::Number(number.into())
}

fn attribute(name: &'static str) -> Step {
    Step::Attribute(name.into())
}

fn reference(address: Address, steps: Vec<Step>) -> Expression {
    Expression::reference(Arc::new(address), steps)
}

fn name(name: &'static str, steps: Vec<Step>) -> Expression {
    Expression::Traversal(Traversal { root: Root::Name(name.into()), steps })
}

/// Both texts mean the same.
fn same(left: &str, right: &str) {
    assert_eq!(parsed(left), parsed(right), "{left}  {right}");
}

#[test]
fn roots_of_references() {
    let resource = |mode| Address::Resource { mode, type_name: "aws_vpc".into(), name: "main".into() };
    let id = || vec![attribute("id")];
    assert_eq!(parsed("aws_vpc.main.id"), reference(resource(ResourceMode::Managed), id()));
    assert_eq!(parsed("resource.aws_vpc.main.id"), reference(resource(ResourceMode::Managed), id()));
    assert_eq!(parsed("data.aws_vpc.main.id"), reference(resource(ResourceMode::Data), id()));
    assert_eq!(parsed("ephemeral.aws_vpc.main.id"), reference(resource(ResourceMode::Ephemeral), id()));
    assert_eq!(parsed("var.a-b.id"), reference(Address::Variable("a-b".into()), id()));
    assert_eq!(parsed("local.x.id"), reference(Address::Local("x".into()), id()));
    assert_eq!(parsed("module.x.id"), reference(Address::Module("x".into()), id()));
    for reserved in ["each", "count", "self", "path", "terraform"] {
        assert_eq!(parsed(&format!("{reserved}.id")), name(Box::leak(reserved.into()), id()));
    }
    assert_eq!(parsed("data.aws_vpc"), name("data", vec![attribute("aws_vpc")]));
    assert_eq!(parsed("var[0]"), name("var", vec![Step::Index(number(0))]));
}

#[test]
fn a_bound_name_hides_a_resource_type() {
    let Expression::For(expression) = parsed("[for item in item.main.list : item.id if item.ok]") else { panic!() };
    let list = reference(Address::managed("item", "main"), vec![attribute("list")]);
    assert_eq!(expression.collection, list);
    assert_eq!(expression.result, name("item", vec![attribute("id")]));
    assert_eq!(expression.condition, Some(name("item", vec![attribute("ok")])));
    assert_eq!(
        parse::expression_within("setting.value", &Names::none().with("setting")),
        Ok(name("setting", vec![attribute("value")]))
    );
}

#[test]
fn operators_group_as_hcl_ranks_them() {
    same("1 + 2 * 3 - 4", "(1 + (2 * 3)) - 4");
    same("1 - 2 - 3", "(1 - 2) - 3");
    same("a.b || c.d && e.f == g.h < 1 + 2", "a.b || (c.d && (e.f == (g.h < (1 + 2))))");
    same("!a.b && -c.d[0] > 1", "(!(a.b)) && ((-(c.d[0])) > 1)");
    same("a.b ? 1 : c.d ? 2 : 3", "a.b ? 1 : (c.d ? 2 : 3)");
    assert_eq!(parsed("-1"), Expression::Number((-1).into()));
    assert_eq!(parsed("-9223372036854775808"), Expression::Number(i64::MIN.into()));
    let minus_one = Box::new(Expression::Number((-1).into()));
    assert_eq!(parsed("- -1"), Expression::Unary(UnaryOperator::Negate, minus_one.clone()));
    assert_eq!(parsed("2--1"), Expression::Binary(Box::new(number(2)), BinaryOperator::Subtract, minus_one));
}

#[test]
fn a_dash_is_part_of_a_name() {
    assert_eq!(parsed("var.a-1"), reference(Address::Variable("a-1".into()), vec![]));
    same("var.a -1", "var.a - 1");
}

#[test]
fn steps_after_a_splat() {
    let list = || Address::managed("aws_subnet", "all");
    assert_eq!(
        parsed("aws_subnet.all[*].tags[0]"),
        reference(list(), vec![Step::Splat, attribute("tags"), Step::Index(number(0))])
    );
    // After `.*` a bracket applies to the list, and so it does after parentheses.
    same("aws_subnet.all.*.id[0]", "(aws_subnet.all[*].id)[0]");
    assert_ne!(parsed("aws_subnet.all.*.id[0]"), parsed("aws_subnet.all[*].id[0]"));
    same("aws_subnet.all.*.tags.0", "aws_subnet.all[*].tags[0]");
    same("aws_subnet.all.0.id", "aws_subnet.all[0].id");
    same("(aws_subnet.all)[0].id", "aws_subnet.all[0].id");
    assert_eq!(parsed("(aws_subnet.all[*].id)[0]").to_string(), "(aws_subnet.all[*].id)[0]");
}

#[test]
fn calls() {
    let call = |name: &'static str, arguments, expand_final| {
        Expression::Call(Call { name: name.into(), arguments, expand_final })
    };
    assert_eq!(parsed("f()"), call("f", vec![], false));
    assert_eq!(parsed("f(1,\n 2,\n)"), call("f", vec![number(1), number(2)], false));
    assert_eq!(parsed("f([]...)"), call("f", vec![Expression::List(vec![])], true));
    assert_eq!(parsed("provider::aws::f(1)"), call("provider::aws::f", vec![number(1)], false));
}

#[test]
fn objects() {
    let object = |entries: &[(&'static str, u64)]| {
        Expression::Object(entries.iter().map(|(key, value)| (*key, number(*value))).collect::<Object>())
    };
    assert_eq!(parsed("{}"), object(&[]));
    assert_eq!(parsed("{ a = 1, \"b c\": 2 }"), object(&[("a", 1), ("b c", 2)]));
    assert_eq!(parsed("{\n a = 1 # one\n\n b = 2\n}"), object(&[("a", 1), ("b", 2)]));
    assert_eq!(parsed("{ null = 1, true = 2 }"), object(&[("null", 1), ("true", 2)]));
    assert_eq!(parsed("[for x in [] : { x = 1 }]").to_string(), "[for x in [] : {\"x\" = 1}]");
    same("{ (\"a\") = 1 }", "{ a = 1 }");
    assert_eq!(parsed("{ (var.a) = 1 }").to_string(), "{(var.a) = 1}");
}

#[test]
fn newlines_and_comments() {
    same("1 # one", "1");
    same("1 /* one\n */ + // two\n 2", "1 + 2");
    same("(1\n+\n2)", "1 + 2");
    assert!(parse::expression("{ a = 1 +\n 2 }").is_err(), "a new line ends an entry");
    same("{ a = (1 +\n 2) }", "{ a = (1 + 2) }");
}

#[test]
fn strings() {
    assert_eq!(parsed(r#""\n\r\t\"\\\u00e9\U0001F600""#), text("\n\r\t\"\\é😀"));
    assert_eq!(parsed(r#""$${a} %%{b} $ % $$ $""#), text("${a} %{b} $ % $$ $"));
    assert_eq!(parsed(r#""${var.a}""#), parsed("var.a"));
    assert_eq!(parsed(r#""${"${"deep"}"}""#), text("deep"));
}

#[test]
fn escapes_of_template_markers() {
    for (source, literal) in [
        ("$${x}", "${x}"),
        ("$$${x}", "$${x}"),
        ("$$$${x}", "$$${x}"),
        ("%%{x}", "%{x}"),
        ("$", "$"),
        ("100%", "100%"),
        ("$$%%{", "$$%{"),
        ("a\\n\"b\"", "a\\n\"b\""),
        ("\u{feff}a", "a"),
    ] {
        assert_eq!(template(source), Expression::Text(literal.into()), "{source}");
    }
    let interpolated = |before| {
        Expression::Template(vec![TemplatePart::Literal(before), TemplatePart::Interpolation(parsed("var.a"))])
    };
    assert_eq!(template("%${var.a}"), interpolated("%".into()));
    assert_eq!(template("${\"$\"}${var.a}"), interpolated("$".into()));
}

#[test]
fn strip_markers_take_the_white_space_of_their_own_line() {
    let parts = |source| match template(source) {
        Expression::Template(parts) => parts,
        other => panic!("{other:?}"),
    };
    let literal = |text: &'static str| TemplatePart::Literal(text.into());
    let value = || TemplatePart::Interpolation(parsed("var.a"));
    assert_eq!(parts("a  ${~ var.a ~}  b"), [literal("a"), value(), literal("b")]);
    assert_eq!(parts("a\n  ${~ var.a ~} \n  b"), [literal("a\n"), value(), literal("  b")]);
    // Stripped to nothing, what is left is still text and not the value itself.
    assert_eq!(parts(" ${~ var.a ~} "), [value()]);
    assert_eq!(template(" ${~ var.a}").to_json(), r#""${\"\"}${var.a}""#);
}

#[test]
fn directives() {
    let Expression::Template(parts) =
        template("%{ if var.a }x%{ else ~} y%{ endif }%{ for k, v in var.b }${k}%{ endfor }")
    else {
        panic!()
    };
    let if_directive = TemplatePart::If {
        condition: parsed("var.a"),
        then: vec![TemplatePart::Literal("x".into())],
        otherwise: vec![TemplatePart::Literal("y".into())],
    };
    let for_directive = TemplatePart::For {
        key: Some("k".into()),
        value: "v".into(),
        collection: parsed("var.b"),
        body: vec![TemplatePart::Interpolation(name("k", vec![]))],
    };
    assert_eq!(parts, [if_directive, for_directive]);
}

#[test]
fn type_constraints() {
    for constraint in [
        "any",
        "list(string)",
        "map(set(number))",
        "tuple([bool, any])",
        "object({a = string, b = optional(number, 5), c = optional(list(string))})",
    ] {
        assert_eq!(parse::type_constraint(constraint).unwrap().to_string(), constraint);
    }
    assert_eq!(parse::type_constraint("list"), Ok(TypeConstraint::List(Box::new(TypeConstraint::Any))));
    assert!(parse::type_constraint("object({\n a = string\n b: bool\n})").is_ok());
    for wrong in
        ["strin", "list()", "list(string", "object({a = 1})", "object({a = any, a = any})", "any any", "", "set"]
    {
        assert!(parse::type_constraint(wrong).is_err(), "{wrong}");
    }
}

/// Found by fuzzing: written with a parenthesis around each, they came out twice as deep as they went in.
#[test]
fn signs_upon_signs_are_written_as_deep_as_they_were_read() {
    for sign in ["-", "!"] {
        let deep = parsed(&format!("{}var.x", sign.repeat(60)));
        assert_eq!(parsed(&deep.to_string()), deep);
    }
    let number = parsed("-(-1)");
    assert_eq!(parsed(&number.to_string()), number);
}
