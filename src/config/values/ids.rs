//! `ids`: which things a dataset is copied for that takes its targets from other tables.

use super::redact::quoted;
use crate::config::document::{Node, Value};
use crate::config::sections::section::Mistake;

/// More ids than anybody lists by hand.
const MOST: usize = 100_000;

/// The ids a dataset is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Ids {
    /// Those that stand in other tables.
    #[default]
    Seen,
    /// Those, and all that ESI lists.
    All,
    /// Those, and these: each as the values of the route's parameters, in the order of its path.
    More(Vec<Vec<String>>),
}

impl Ids {
    /// `parts`: how many parameters the route has.
    pub(in crate::config) fn parse(node: &Node, parts: usize) -> Result<Self, Mistake> {
        let form = match parts {
            0 | 1 => "\"seen\", \"all\" or a list such as [95538921]",
            _ => {
                "\"seen\", \"all\" or a list such as [\"70000100/0f3c\"]: the parameters of the path, in its order"
            }
        };
        match (&node.value, node.text()) {
            (_, Some("seen")) => Ok(Self::Seen),
            (_, Some("all")) => Ok(Self::All),
            (_, Some(word)) => Err(Mistake::new(format!("{} is no choice of ids", quoted(word))).hint(form)),
            (Value::Array(items), _) if items.len() > MOST => {
                Err(Mistake::new(format!("{} ids are too many; at most {MOST}", items.len())))
            }
            (Value::Array(items), _) => items
                .iter()
                .map(|item| id(item, parts.max(1), form))
                .collect::<Result<_, _>>()
                .map(Self::More),
            _ => Err(Mistake::new(format!("expected a list, not {}", node.kind())).hint(form)),
        }
    }
}

/// One id: a number, or text with as many parts as the route has parameters.
fn id(item: &Node, parts: usize, form: &str) -> Result<Vec<String>, Mistake> {
    let plain = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
    };
    let values: Vec<String> = match &item.value {
        Value::Integer(id) if *id > 0 => vec![id.to_string()],
        Value::Text(text) => text.split('/').map(|part| part.trim().to_owned()).collect(),
        _ => {
            return Err(Mistake::new(format!("expected an id, not {}", item.kind()))
                .hint(form)
                .at(&item.place));
        }
    };
    if values.len() != parts || !values.iter().all(|part| plain(part)) {
        return Err(Mistake::new(format!("not an id of {parts} part(s)")).hint(form).at(&item.place));
    }
    Ok(values)
}
