//! Reading a section: ask for each key, then finish, and what was not asked for is unknown.

use std::cell::{Cell, RefCell};

use crate::config::document::{ConfigPlace, Entry, LEVEL, Node, PREFIX, Table, Value};
use crate::config::error::{ConfigError, Problem};
use crate::config::find::ConfigSource;
use crate::suggest::alike;

/// Keys of a section beyond this are not looked at one by one.
const MOST_KEYS: usize = 1_000;
/// Bytes of a text.
const LONGEST_TEXT: usize = 4096;
/// Mistakes that are kept until they can be put in order, and those of them that are shown.
const MOST_KEPT: usize = 1_000;
const MOST_SHOWN: usize = 20;

/// What is wrong with one value.
#[derive(Debug)]
pub(in crate::config) struct Mistake {
    message: String,
    hint: Option<String>,
    /// Where a part of the value is to blame rather than all of it.
    place: Option<ConfigPlace>,
}

impl Mistake {
    pub(in crate::config) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), hint: None, place: None }
    }

    /// With what to write instead.
    pub(in crate::config) fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// Blames a part of the value.
    pub(in crate::config) fn at(self, place: &ConfigPlace) -> Self {
        Self { place: Some(place.clone()), ..self }
    }
}

/// The mistakes found so far.
#[derive(Debug, Default)]
pub(in crate::config) struct Problems {
    drafts: RefCell<Vec<Draft>>,
    /// Mistakes beyond those that are kept.
    more: Cell<usize>,
}

#[derive(Debug)]
struct Draft {
    place: ConfigPlace,
    message: String,
    hint: Option<String>,
    valid: Vec<String>,
}

impl Problems {
    fn add(&self, place: &ConfigPlace, message: String, hint: Option<String>, valid: Vec<String>) {
        let mut drafts = self.drafts.borrow_mut();
        if drafts.len() < MOST_KEPT {
            drafts.push(Draft { place: place.clone(), message, hint, valid });
        } else {
            self.more.set(self.more.get() + 1);
        }
    }

    /// An error if there was any mistake, in the order of the file.
    pub(in crate::config) fn into_result(self, source: &ConfigSource) -> Result<(), ConfigError> {
        let mut drafts = self.drafts.into_inner();
        if drafts.is_empty() {
            return Ok(());
        }
        drafts.sort_by_key(|draft| match &draft.place {
            ConfigPlace::File(span) => (false, span.start),
            ConfigPlace::Variable { .. } => (true, 0),
        });
        let problem = |d: Draft| Problem::new(source, &d.place, &d.message, d.hint).with_valid(d.valid);
        let more = self.more.get() + drafts.len().saturating_sub(MOST_SHOWN);
        Err(ConfigError::Invalid {
            problems: drafts.into_iter().take(MOST_SHOWN).map(problem).collect(),
            more,
        })
    }
}

/// One section of the tree while it is being read; absent sections read as empty ones.
#[derive(Debug)]
pub(in crate::config) struct Section<'d> {
    /// From the top, such as `["datasets", "market_orders"]`.
    path: Vec<String>,
    entries: Option<&'d Table>,
    asked: Vec<&'static str>,
    problems: &'d Problems,
}

impl<'d> Section<'d> {
    /// The top level.
    pub(in crate::config) fn root(entries: &'d Table, problems: &'d Problems) -> Self {
        Self { path: Vec::new(), entries: Some(entries), asked: Vec::new(), problems }
    }

    /// The section `key` of this one.
    pub(in crate::config) fn section(&mut self, key: &'static str) -> Self {
        self.asked.push(key);
        self.child(key)
    }

    /// The section `key`, for a reader that checks the names itself.
    pub(in crate::config) fn child(&self, key: &str) -> Self {
        let mut path = self.path.clone();
        path.push(key.to_owned());
        let entries = self.entries.and_then(|entries| entries.get(key)).and_then(|entry| {
            if let Value::Table(inner) = &entry.node.value {
                return Some(inner);
            }
            let name = path.join(".");
            let message = format!("[{name}] is a section, not {}", entry.node.kind());
            let hint = format!("set its keys one by one, under a line `[{name}]`");
            self.problems.add(&entry.node.place, message, Some(hint), Vec::new());
            None
        });
        Self { path, entries, asked: Vec::new(), problems: self.problems }
    }

    /// Whether `key` was written, rightly or wrongly.
    pub(in crate::config) fn has(&self, key: &str) -> bool {
        self.entries.is_some_and(|entries| entries.contains_key(key))
    }

    /// The value of `key` as `parse` understands it; `None` if it is absent or wrong, and then the mistake is noted.
    pub(in crate::config) fn read<T>(
        &mut self,
        key: &'static str,
        parse: impl FnOnce(&Node) -> Result<T, Mistake>,
    ) -> Option<T> {
        self.asked.push(key);
        let node = &self.entries?.get(key)?.node;
        let parsed = match &node.value {
            Value::Text(text) if text.len() > LONGEST_TEXT => {
                Err(Mistake::new(format!("a text of {} bytes; at most {LONGEST_TEXT}", text.len())))
            }
            _ => parse(node),
        };
        match parsed {
            Ok(value) => Some(value),
            Err(fault) => {
                let place = fault.place.as_ref().unwrap_or(&node.place);
                let message = format!("{key}: {}", fault.message);
                self.problems.add(place, message, fault.hint, Vec::new());
                None
            }
        }
    }

    /// Notes every key that nobody asked for.
    pub(in crate::config) fn finish(self) {
        let place = match self.path.join(".") {
            top if top.is_empty() => "at the top level".to_owned(),
            name => format!("in [{name}]"),
        };
        self.refuse_unknown(&self.asked, |key| format!("unknown key `{key}` {place}"));
    }

    /// Notes every name that is not among `valid`, with the message `what` makes of it.
    pub(in crate::config) fn refuse_unknown(&self, valid: &[&str], what: impl Fn(&str) -> String) {
        let Some(entries) = self.entries else { return };
        if let Some(first) = entries.values().next().filter(|_| entries.len() > MOST_KEYS) {
            let message = format!("{} keys stand here, more than any section has", entries.len());
            self.problems.add(&first.key_place, message, None, Vec::new());
            return;
        }
        for (key, entry) in entries {
            if !valid.contains(&key.as_str()) {
                let hint = alike(key, valid).map(|better| self.suggestion(entry, better));
                let valid = valid.iter().map(ToString::to_string).collect();
                self.problems.add(&entry.key_place, what(key), hint, valid);
            }
        }
    }

    /// Offers `better` in the form in which the operator wrote the wrong key.
    fn suggestion(&self, entry: &Entry, better: &str) -> String {
        let ConfigPlace::Variable { name, .. } = &entry.key_place else {
            return format!("did you mean `{better}`?");
        };
        if self.path.is_empty()
            && name[PREFIX.len()..].to_ascii_lowercase().starts_with(&format!("{better}_"))
        {
            let rest = &name[PREFIX.len() + better.len() + 1..];
            let section = better.to_ascii_uppercase();
            if !rest.starts_with('_') {
                return format!(
                    "two underscores stand between section and key: `{PREFIX}{section}{LEVEL}{rest}`"
                );
            }
        }
        let better = better.to_ascii_uppercase();
        let mut levels: Vec<&str> = name[PREFIX.len()..].split(LEVEL).collect();
        if let Some(wrong) = levels.get_mut(self.path.len()) {
            *wrong = &better;
        }
        format!("did you mean `{PREFIX}{}`?", levels.join(LEVEL))
    }
}
