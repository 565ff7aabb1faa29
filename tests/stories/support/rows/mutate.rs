//! Malformed replies: CCP's examples with values swapped, dropped, doubled and reordered.

use proptest::prelude::*;
use serde_json::Value;

/// One change to a reply.
#[derive(Clone, Debug)]
pub struct Mutation {
    /// Which node, counted through the tree, modulo its size.
    at: usize,
    what: What,
}

#[derive(Clone, Debug)]
enum What {
    Replace(String),
    Remove,
    Double,
    Add(String, String),
}

/// JSON that ESI should not send, and some that it may. It is text, because a `Value` cannot hold all of it.
pub const JUNK: &[&str] = &[
    "null",
    "true",
    "0",
    "-0.0",
    "-1",
    "1.5",
    "5.0",
    "1e3",
    "9223372036854775807",
    "-9223372036854775808",
    "9223372036854775808",
    "18446744073709551615",
    "1e308",
    "5e-324",
    "123456789012345678901234567890",
    "\"\"",
    "\"x\"",
    "\"5\"",
    "\"a\\u0000b\"",
    "\"a\\\\u0000b\"",
    "\"\\uFFFD\\uFFFF\"",
    "\"\\ud83d\\ude80 \u{1F680}\"",
    "\"quote \\\" slash \\\\ tab \\t\"",
    "\"2026-03-01T12:00:00Z\"",
    "\"2026-03-01T12:00:00.5+02:00\"",
    "\"0001-01-01T00:00:00Z\"",
    "\"9999-12-31T23:59:59Z\"",
    "\"9999-12-31T23:59:59-02:00\"",
    "\"2026-02-30\"",
    "\"2026-02-28\"",
    "[]",
    "{}",
    "[1,\"a\\u0000b\",[null]]",
    "[1e2,1.0,-0.0]",
    "{\"a\\u0000\":\"\\\\\\\\u0000\"}",
    "{\"id\":1,\"name\":\"x\",\"id\":2}",
    "[[[[[[[[]]]]]]]]",
    "[1e200000]",
    "1e400",
    "\"\\ud800\"",
];

fn junk() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => proptest::sample::select(JUNK).prop_map(str::to_owned),
        1 => any::<i64>().prop_map(|v| v.to_string()),
        1 => any::<f64>().prop_filter("JSON has no NaN", |v| v.is_finite()).prop_map(|v| Value::from(v).to_string()),
        1 => any::<String>().prop_map(|v| Value::from(v).to_string()),
        1 => (1..400_usize).prop_map(|deep| format!("{}{}", "[".repeat(deep), "]".repeat(deep))),
    ]
}

/// Any change.
pub fn mutation() -> impl Strategy<Value = Mutation> {
    let what = prop_oneof![
        6 => junk().prop_map(What::Replace),
        2 => Just(What::Remove),
        2 => Just(What::Double),
        1 => ("[a-z_]{1,12}", junk()).prop_map(|(name, value)| What::Add(name, value)),
    ];
    (any::<usize>(), what).prop_map(|(at, what)| Mutation { at, what })
}

/// JSON that, unlike `Value`, can have its fields reordered, doubled and malformed.
#[derive(Clone, Debug)]
enum Tree {
    Text(String),
    List(Vec<Tree>),
    Object(Vec<(String, Tree)>),
}

impl Tree {
    fn new(value: &Value) -> Self {
        match value {
            Value::Array(all) => Self::List(all.iter().map(Self::new).collect()),
            Value::Object(all) => Self::Object(all.iter().map(|(k, v)| (k.clone(), Self::new(v))).collect()),
            other => Self::Text(other.to_string()),
        }
    }

    fn size(&self) -> usize {
        1 + match self {
            Self::Text(_) => 0,
            Self::List(all) => all.iter().map(Self::size).sum(),
            Self::Object(all) => all.iter().map(|(_, v)| v.size()).sum(),
        }
    }

    fn write(&self, into: &mut String) {
        match self {
            Self::Text(text) => into.push_str(text),
            Self::List(all) => {
                into.push('[');
                for (i, element) in all.iter().enumerate() {
                    if i > 0 {
                        into.push(',');
                    }
                    element.write(into);
                }
                into.push(']');
            }
            Self::Object(all) => {
                into.push('{');
                for (i, (name, value)) in all.iter().enumerate() {
                    if i > 0 {
                        into.push(',');
                    }
                    into.push_str(&Value::from(name.as_str()).to_string());
                    into.push(':');
                    value.write(into);
                }
                into.push('}');
            }
        }
    }

    /// Changes the `at`-th node below this one; `at` counts down on the way.
    fn change(&mut self, at: &mut usize, what: &What) -> bool {
        let children: Vec<&mut Self> = match self {
            Self::Text(_) => return false,
            Self::List(all) => all.iter_mut().collect(),
            Self::Object(all) => all.iter_mut().map(|(_, v)| v).collect(),
        };
        let mut hit = None;
        for (i, child) in children.into_iter().enumerate() {
            if *at == 0 {
                hit = Some(i);
                break;
            }
            *at -= 1;
            if child.change(at, what) {
                return true;
            }
        }
        let Some(i) = hit else { return false };
        match (self, what) {
            (Self::List(all), What::Replace(text)) => all[i] = Self::Text(text.clone()),
            (Self::Object(all), What::Replace(text)) => all[i].1 = Self::Text(text.clone()),
            (Self::List(all), What::Remove) => drop(all.remove(i)),
            (Self::Object(all), What::Remove) => drop(all.remove(i)),
            (Self::List(all), _) => all.push(all[i].clone()),
            (Self::Object(all), What::Double) => all.push(all[i].clone()),
            (Self::Object(all), What::Add(name, value)) => {
                all.push((name.clone(), Self::Text(value.clone())));
            }
            (Self::Text(_), _) => {}
        }
        true
    }

    fn reverse(&mut self) {
        match self {
            Self::Text(_) => {}
            Self::List(all) => all.iter_mut().for_each(Self::reverse),
            Self::Object(all) => {
                all.reverse();
                for (_, value) in all {
                    value.reverse();
                }
            }
        }
    }
}

/// The reply after all changes, as text.
pub fn mutated(reply: &Value, mutations: &[Mutation], backwards: bool) -> String {
    let mut tree = Tree::new(reply);
    for mutation in mutations {
        let nodes = tree.size() - 1;
        if nodes > 0 {
            tree.change(&mut (mutation.at % nodes), &mutation.what);
        }
    }
    if backwards {
        tree.reverse();
    }
    let mut text = String::new();
    tree.write(&mut text);
    text
}

/// The reply with the fields of every object in the opposite order.
pub fn backwards(reply: &Value) -> String {
    mutated(reply, &[], true)
}
