//! Tables of DynamoDB: items, and writes with conditions, evaluated from the expressions that are deployed.
//!
//! Only what the definitions and functions use is understood; anything else is an error of the test, never a guess.

use std::collections::BTreeMap;

use serde_json::Value;

/// Attributes by name, each as DynamoDB writes it: `{"S": ...}`, `{"N": ...}`, `{"BOOL": ...}`.
pub type Item = BTreeMap<String, Value>;

/// A table: items by their key, an attribute of one of [`KEYS`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Table(BTreeMap<String, Item>);

/// The key attributes: the state table's, and the session table's.
const KEYS: [&str; 2] = ["id", "session_id"];

/// What became of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// It was done.
    Done,
    /// Its condition did not hold.
    Refused,
}

impl Table {
    /// An attribute as text, whatever its type.
    pub fn text(&self, id: &str, attribute: &str) -> Option<&str> {
        let typed = self.0.get(id)?.get(attribute)?;
        typed["S"].as_str().or_else(|| typed["N"].as_str())
    }

    /// Whether an attribute is true.
    pub fn is_true(&self, id: &str, attribute: &str) -> bool {
        self.0.get(id).and_then(|item| item.get(attribute)).is_some_and(|typed| typed["BOOL"] == true)
    }

    /// The item, if there is one.
    pub fn item(&self, id: &str) -> Option<&Item> {
        self.0.get(id)
    }

    /// Sets an attribute, as a function does by an update without a condition.
    pub fn set(&mut self, id: &str, attribute: &str, value: Value) {
        self.0.entry(id.to_owned()).or_default().insert(attribute.to_owned(), value);
    }

    /// Removes an item.
    pub fn remove(&mut self, id: &str) {
        self.0.remove(id);
    }

    /// Removes an attribute of an item.
    pub fn remove_attribute(&mut self, id: &str, attribute: &str) {
        if let Some(item) = self.0.get_mut(id) {
            item.remove(attribute);
        }
    }

    /// `PutItem`, `UpdateItem` or `DeleteItem` with these parameters.
    ///
    /// # Errors
    /// An expression of a kind that is not modelled.
    pub fn write(&mut self, operation: &str, parameters: &Value) -> Result<Written, String> {
        let holder = if operation == "putItem" { &parameters["Item"] } else { &parameters["Key"] };
        let id = KEYS.iter().find_map(|key| holder[*key]["S"].as_str());
        let id = id.ok_or_else(|| format!("{operation} without a key: {parameters}"))?.to_owned();
        let empty = Item::new();
        let now = self.0.get(&id).unwrap_or(&empty);
        if let Some(condition) = parameters["ConditionExpression"].as_str() {
            let mut condition =
                Condition { tokens: tokens(condition), at: 0, item: now, exists: self.0.contains_key(&id), parameters };
            if !condition.any()? {
                return Ok(Written::Refused);
            }
            condition.end()?;
        }
        match operation {
            "putItem" => {
                let fields = parameters["Item"].as_object().ok_or("an item is an object")?;
                let item = fields
                    .iter()
                    .filter(|(name, _)| !KEYS.contains(&name.as_str()))
                    .map(|(name, value)| (name.clone(), value.clone()));
                self.0.insert(id, item.collect());
            }
            "deleteItem" => {
                self.0.remove(&id);
            }
            "updateItem" => {
                let text = parameters["UpdateExpression"].as_str().unwrap_or_default();
                let updated = update(now.clone(), text, parameters)?;
                self.0.insert(id, updated);
            }
            other => return Err(format!("{other} is not modelled")),
        }
        Ok(Written::Done)
    }
}

fn name<'p>(token: &'p str, parameters: &'p Value) -> Result<&'p str, String> {
    if token.starts_with('#') {
        return parameters["ExpressionAttributeNames"][token].as_str().ok_or_else(|| format!("{token} has no name"));
    }
    Ok(token)
}

fn value<'p>(token: &str, parameters: &'p Value) -> Result<&'p Value, String> {
    parameters["ExpressionAttributeValues"].get(token).ok_or_else(|| format!("{token} has no value"))
}

fn update(mut item: Item, expression: &str, parameters: &Value) -> Result<Item, String> {
    let tokens = tokens(expression);
    let mut clause = "";
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        match token.as_str() {
            "SET" | "REMOVE" | "ADD" => clause = token,
            "," => {}
            target if clause == "SET" => {
                if tokens.get(at + 1).is_none_or(|equals| equals != "=") {
                    return Err(format!("{expression} is not modelled"));
                }
                let attribute = name(target, parameters)?.to_owned();
                let (new, used) = assigned(&item, &tokens[at + 2..], parameters)?;
                item.insert(attribute, new);
                at += 1 + used;
            }
            target if clause == "REMOVE" => {
                item.remove(name(target, parameters)?);
            }
            target if clause == "ADD" => {
                let added = number(value(tokens.get(at + 1).ok_or("ADD without a value")?, parameters)?)?;
                let attribute = name(target, parameters)?.to_owned();
                let before = item.get(&attribute).map_or(Ok(0), number)?;
                item.insert(attribute, serde_json::json!({ "N": (before + added).to_string() }));
                at += 1;
            }
            _ => return Err(format!("{expression} is not modelled")),
        }
        at += 1;
    }
    Ok(item)
}

/// What a `SET` assigns, `:value` or `if_not_exists(attribute, :value)`, with `+ :value` behind it; and of how many tokens.
fn assigned(item: &Item, tokens: &[String], parameters: &Value) -> Result<(Value, usize), String> {
    let token = |at: usize| tokens.get(at).map_or("", String::as_str);
    let (base, used) = if token(0) == "if_not_exists" {
        let now = item.get(name(token(2), parameters)?).cloned();
        (now.map_or_else(|| value(token(4), parameters).cloned(), Ok)?, 6)
    } else {
        (value(token(0), parameters)?.clone(), 1)
    };
    if token(used) != "+" {
        return Ok((base, used));
    }
    let sum = number(&base)? + number(value(token(used + 1), parameters)?)?;
    Ok((serde_json::json!({ "N": sum.to_string() }), used + 2))
}

fn number(typed: &Value) -> Result<i64, String> {
    typed["N"].as_str().and_then(|text| text.parse().ok()).ok_or_else(|| format!("{typed} is no number"))
}

fn tokens(expression: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut word = String::new();
    let symbols = ['(', ')', ',', '=', '<', '>'];
    for character in expression.chars() {
        if (character.is_whitespace() || symbols.contains(&character)) && !word.is_empty() {
            tokens.push(std::mem::take(&mut word));
        }
        if symbols.contains(&character) {
            match (tokens.last().map(String::as_str), character) {
                (Some("<"), '=' | '>') | (Some(">"), '=') => {
                    if let Some(last) = tokens.last_mut() {
                        last.push(character);
                    }
                }
                _ => tokens.push(character.to_string()),
            }
        } else if !character.is_whitespace() {
            word.push(character);
        }
    }
    if !word.is_empty() {
        tokens.push(word);
    }
    tokens
}

/// A condition that is being read and evaluated.
struct Condition<'a> {
    tokens: Vec<String>,
    at: usize,
    item: &'a Item,
    exists: bool,
    parameters: &'a Value,
}

impl Condition<'_> {
    fn peek(&self) -> &str {
        self.tokens.get(self.at).map_or("", String::as_str)
    }

    fn take(&mut self) -> String {
        let token = self.peek().to_owned();
        self.at += 1;
        token
    }

    fn end(&self) -> Result<(), String> {
        if self.at < self.tokens.len() { Err(format!("{:?} is not modelled", self.tokens)) } else { Ok(()) }
    }

    fn any(&mut self) -> Result<bool, String> {
        let mut holds = self.all()?;
        while self.peek() == "OR" {
            self.at += 1;
            holds |= self.all()?;
        }
        Ok(holds)
    }

    fn all(&mut self) -> Result<bool, String> {
        let mut holds = self.one()?;
        while self.peek() == "AND" {
            self.at += 1;
            holds &= self.one()?;
        }
        Ok(holds)
    }

    fn one(&mut self) -> Result<bool, String> {
        match self.take().as_str() {
            "NOT" => Ok(!self.one()?),
            "(" => {
                let holds = self.any()?;
                self.at += 1;
                Ok(holds)
            }
            function @ ("attribute_exists" | "attribute_not_exists") => {
                self.at += 1;
                let token = self.take();
                self.at += 1;
                let attribute = name(&token, self.parameters)?;
                let is_there = if KEYS.contains(&attribute) { self.exists } else { self.item.contains_key(attribute) };
                Ok(is_there == (function == "attribute_exists"))
            }
            operand => {
                let left = self.operand(operand)?;
                let operator = self.take();
                let right = self.take();
                let right = self.operand(&right)?;
                compare(left.as_ref(), &operator, right.as_ref())
            }
        }
    }

    fn operand(&self, token: &str) -> Result<Option<Value>, String> {
        if token.starts_with(':') {
            return value(token, self.parameters).cloned().map(Some);
        }
        Ok(self.item.get(name(token, self.parameters)?).cloned())
    }
}

/// A comparison with an attribute that is not there does not hold, except that it is unequal.
fn compare(left: Option<&Value>, operator: &str, right: Option<&Value>) -> Result<bool, String> {
    let (Some(left), Some(right)) = (left, right) else { return Ok(operator == "<>") };
    let order = match (number(left), number(right)) {
        (Ok(left), Ok(right)) => left.cmp(&right),
        _ => left.to_string().cmp(&right.to_string()),
    };
    Ok(match operator {
        "=" => order.is_eq(),
        "<>" => order.is_ne(),
        "<" => order.is_lt(),
        "<=" => order.is_le(),
        ">" => order.is_gt(),
        ">=" => order.is_ge(),
        other => return Err(format!("the comparison {other:?} is not modelled")),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn put(condition: &str, values: &Value) -> Value {
        json!({
            "Item": {"id": {"S": "lock"}, "owner": {"S": "b"}, "ends_at": {"N": "9"}},
            "ConditionExpression": condition,
            "ExpressionAttributeNames": {"#owner": "owner"},
            "ExpressionAttributeValues": values,
        })
    }

    #[test]
    fn a_write_is_refused_where_its_condition_does_not_hold() {
        let mut table = Table::default();
        let condition = "attribute_not_exists(id) OR ends_at < :now OR #owner = :me";
        let values = |now: &str, me: &str| json!({":now": {"N": now}, ":me": {"S": me}});
        assert_eq!(table.write("putItem", &put(condition, &values("1", "a"))), Ok(Written::Done));
        assert_eq!(table.write("putItem", &put(condition, &values("9", "a"))), Ok(Written::Refused));
        assert_eq!(table.write("putItem", &put(condition, &values("9", "b"))), Ok(Written::Done));
        assert_eq!(table.write("putItem", &put(condition, &values("10", "a"))), Ok(Written::Done));
    }

    #[test]
    fn an_update_sets_and_removes() {
        let mut table = Table::default();
        table.set("latch", "by", json!({"S": "x"}));
        let parameters = json!({
            "Key": {"id": {"S": "latch"}},
            "UpdateExpression": "SET active = :yes, #s = :since REMOVE #b",
            "ExpressionAttributeNames": {"#s": "since", "#b": "by"},
            "ExpressionAttributeValues": {":yes": {"BOOL": true}, ":since": {"S": "now"}},
        });
        assert_eq!(table.write("updateItem", &parameters), Ok(Written::Done));
        assert!(table.is_true("latch", "active"));
        assert_eq!(table.text("latch", "since"), Some("now"));
        assert_eq!(table.text("latch", "by"), None);
    }
}
