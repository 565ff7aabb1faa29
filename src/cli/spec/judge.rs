//! Whether a difference matters: what is declared decides.
//!
//! *Breaking*: something that a declared dataset reads is gone or of another type, or its requests would be refused.
//! *Warning*: it goes on, but not as it was: less budget, another lifetime, a value that may now be missing. *Info*: good
//! to know. Operations that no dataset reads matter only as a whole: those that are new may be worth copying.

use crate::datasets;
use crate::declare::{Body, Column, Dataset, Method, Source, Table, Type};
use crate::spec::{Change, Part};

/// How much a difference matters, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Severity {
    Breaking,
    Warning,
    Info,
}

impl Severity {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Breaking => "breaking",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}

/// A difference, and what it means to us.
#[derive(Debug)]
pub(super) struct Verdict {
    pub change: Change,
    pub severity: Severity,
    /// The datasets that ask this operation.
    pub datasets: Vec<&'static str>,
    /// Whether one of them is enabled.
    pub enabled: bool,
    /// The columns whose values stand there.
    pub read_by: Vec<String>,
}

/// A column's place in the reply.
struct Read {
    place: String,
    column: String,
    ty: Type,
    /// No record can be stored without it.
    key: bool,
    /// The list whose elements are the rows; without one inside of a record there are no rows, which is no mistake.
    rows: String,
    /// What surrounds the records; without it there are none, which is one.
    around: String,
}

impl Read {
    /// Whether rows are lost where this place is missing.
    fn is_lost_without(&self, place: &str) -> bool {
        self.key && (!below(&self.rows, place) || below(&self.around, place))
    }
}

/// Judges a difference; `None` if it is inside of an operation that no dataset reads.
pub(super) fn judge(change: Change, enabled: impl Fn(&str) -> bool) -> Option<Verdict> {
    let uses: Vec<(&'static Dataset, bool)> =
        datasets::all().filter_map(|dataset| Some((dataset, as_list(dataset, &change)?))).collect();
    if uses.is_empty() && change.part != Part::Operation {
        return None;
    }
    let judged = uses.iter().map(|(dataset, list)| one(&change, dataset, *list));
    let (severities, read_by): (Vec<Severity>, Vec<Vec<String>>) = judged.unzip();
    let datasets: Vec<&'static str> = uses.iter().map(|(dataset, _)| dataset.name).collect();
    Some(Verdict {
        severity: severities.into_iter().min().unwrap_or(Severity::Info),
        enabled: datasets.iter().any(|name| enabled(name)),
        datasets,
        read_by: read_by.into_iter().flatten().collect(),
        change,
    })
}

/// Whether the dataset asks this operation: `false` for its data, `true` for the list of its ids.
fn as_list(dataset: &Dataset, change: &Change) -> Option<bool> {
    let method = match dataset.method {
        Method::Get => "GET",
        Method::Post => "POST",
    };
    if dataset.path == change.path && method == change.method {
        return Some(false);
    }
    dataset.id_list().filter(|list| list.path == change.path && change.method == "GET").map(|_| true)
}

fn one(change: &Change, dataset: &Dataset, list: bool) -> (Severity, Vec<String>) {
    let reads = if list { ids(dataset) } else { reads(dataset) };
    let place = change.place.as_str();
    let gone = change.to.is_none();
    let touched = |at: &str| reads.iter().filter(|read| below(&read.place, at)).collect::<Vec<_>>();
    let names = |reads: &[&Read]| reads.iter().map(|read| read.column.clone()).collect::<Vec<_>>();
    let worst = |is: bool, severity| if is { severity } else { Severity::Info };
    let severity = match change.part {
        Part::Operation | Part::Pagination => Severity::Breaking,
        Part::Field if gone => {
            let kept_whole = reads.iter().any(|read| read.ty == Type::Json && below(place, &read.place));
            let read = touched(place);
            let severity = match (read.is_empty(), kept_whole) {
                (false, _) => Severity::Breaking,
                (true, true) => Severity::Warning,
                (true, false) => Severity::Info,
            };
            return (severity, names(&read));
        }
        Part::Type => {
            let read = touched(place);
            return (worst(!read.is_empty(), Severity::Breaking), names(&read));
        }
        Part::Format => {
            let read: Vec<&Read> = reads.iter().filter(|read| read.place == place).collect();
            let unfit = read.iter().any(|read| !fits(read.ty, change.to.as_deref()));
            return (worst(unfit, Severity::Breaking), names(&read));
        }
        Part::Required => {
            let read = touched(place);
            let severity = match (
                change.to.as_deref() == Some("optional"),
                read.iter().any(|read| read.is_lost_without(place)),
            ) {
                (true, true) => Severity::Breaking,
                (true, false) => worst(!read.is_empty(), Severity::Warning),
                (false, _) => Severity::Info,
            };
            return (severity, names(&read));
        }
        Part::Parameter if gone => worst(sends(dataset, list, place), Severity::Breaking),
        Part::Parameter => {
            let needed = change.to.as_deref() == Some("required") && !sends(dataset, list, place);
            worst(needed, Severity::Warning)
        }
        Part::ParameterType => worst(place.is_empty() || sends(dataset, list, place), Severity::Warning),
        Part::ParameterValue => {
            let sent =
                !list && dataset.query.iter().any(|(n, v)| *n == place && Some(*v) == change.from.as_deref());
            worst(gone && sent, Severity::Breaking)
        }
        Part::Body => match (&change.from, &change.to) {
            (Some(_), _) => Severity::Breaking,
            (None, to) => worst(to.as_ref().is_some_and(|to| to.ends_with("required")), Severity::Warning),
        },
        Part::BodyLength => {
            let most = change.to.as_ref().and_then(|n| n.parse::<usize>().ok());
            let fewer = dataset.batch().is_some_and(|batch| most.is_some_and(|most| most < batch));
            worst(fewer, Severity::Breaking)
        }
        Part::RateLimit => worst(!only_more(change), Severity::Warning),
        Part::Scopes if change.from.is_none() => Severity::Breaking,
        Part::Ttl | Part::CacheMode | Part::Scopes | Part::Roles | Part::Status => Severity::Warning,
        Part::Field | Part::Value | Part::Length | Part::Rebuild => Severity::Info,
    };
    (severity, Vec::new())
}

/// Whether the place is `outer` or stands inside of it.
fn below(place: &str, outer: &str) -> bool {
    let mut inner = place.split('.');
    outer.is_empty() || outer.split('.').all(|step| inner.next().is_some_and(|name| same(name, step)))
}

/// Whether two steps lead to the same field; a star is any.
fn same(one: &str, other: &str) -> bool {
    one == other || one == "*" || other == "*"
}

/// Whether a column of this type takes a text or number of this format.
fn fits(ty: Type, format: Option<&str>) -> bool {
    match ty {
        Type::Time => format == Some("date-time"),
        Type::Date => format == Some("date"),
        Type::Text => !matches!(format, Some("date-time" | "date")),
        Type::Int | Type::Real | Type::Bool | Type::Json => true,
    }
}

/// Whether requests carry this parameter.
fn sends(dataset: &Dataset, list: bool, name: &str) -> bool {
    let by_target =
        || dataset.tables.iter().flat_map(|t| t.columns).any(|c| c.source == Source::Param && c.name == name);
    !list && (dataset.query.iter().any(|(n, _)| *n == name) || by_target())
}

/// Whether the bucket is the same, with more tokens.
fn only_more(change: &Change) -> bool {
    let read = |text: &Option<String>| {
        let (group, rest) = text.as_deref()?.split_once(' ')?;
        let (tokens, window) = rest.split_once('/')?;
        Some((group.to_owned(), window.to_owned(), tokens.parse::<u32>().ok()?))
    };
    match (read(&change.from), read(&change.to)) {
        (Some(was), Some(is)) => (was.0, was.1) == (is.0, is.1) && is.2 > was.2,
        _ => false,
    }
}

/// What is read of a list of ids.
fn ids(dataset: &Dataset) -> Vec<Read> {
    let field = dataset.id_list().and_then(|list| list.field);
    vec![Read {
        place: field.map(|(list, id)| format!("{list}.{id}")).unwrap_or_default(),
        column: "its list of ids".to_owned(),
        ty: Type::Int,
        key: true,
        rows: String::new(),
        around: String::new(),
    }]
}

/// The places that a dataset's columns are read from.
fn reads(dataset: &Dataset) -> Vec<Read> {
    let around: &[&str] = match &dataset.body {
        Body::List | Body::Object => &[],
        Body::Envelope(field) => &[field],
        Body::Lists(field) => &[field, "*"],
    };
    let of = |table: &'static Table| {
        table.columns.iter().filter_map(move |column| {
            let place: Vec<&str> = around.iter().copied().chain(path(table, column)?).collect();
            Some(Read {
                place: place.join("."),
                column: format!("{}.{}", table.name, column.name),
                ty: column.ty,
                key: table.is_key(column),
                rows: around
                    .iter()
                    .copied()
                    .chain(steps(table))
                    .collect::<Vec<_>>()
                    .join(".")
                    .replace('/', "."),
                around: around.join("."),
            })
        })
    };
    dataset.tables.iter().flat_map(of).collect()
}

/// The list fields on the way to a table's rows.
fn steps(table: &Table) -> impl Iterator<Item = &'static str> {
    table.at.split('.').filter(|step| !step.is_empty())
}

/// The path of the field a column reads, from the record of the reply on; `None` if it reads no field.
fn path(table: &Table, column: &Column) -> Option<Vec<&'static str>> {
    let names = |steps: &[&'static str]| steps.iter().flat_map(|step| step.split('/')).collect::<Vec<_>>();
    let mut steps: Vec<&str> = steps(table).collect();
    let field = match column.source {
        Source::Field(field) | Source::Tag(field) => field,
        Source::Above(levels, field) => {
            steps.truncate(steps.len().saturating_sub(levels));
            field
        }
        Source::Element => return Some(names(&steps)),
        Source::Param
        | Source::Ordinal(_)
        | Source::Key(_)
        | Source::Observed
        | Source::FirstSeen
        | Source::LastSeen => return None,
    };
    let mut path = names(&steps);
    path.extend(field.split('.'));
    Some(path)
}

impl Verdict {
    /// What to sort by: the worst first, then in the order of the specification.
    pub(super) fn order(&self) -> (Severity, &str, &str, Part, &str, &Option<String>, &Option<String>) {
        let change = &self.change;
        (self.severity, &change.path, &change.method, change.part, &change.place, &change.from, &change.to)
    }

    /// The difference in words.
    pub(super) fn words(&self) -> String {
        let change = &self.change;
        let noun = match change.part {
            Part::Operation => "operation",
            Part::Field => "field",
            Part::Type => "type of",
            Part::Format => "format of",
            Part::Required => "presence of",
            Part::Value => "value of",
            Part::Length => "longest list of",
            Part::Parameter => "parameter",
            Part::ParameterType => "type of the parameter",
            Part::ParameterValue => "value of the parameter",
            Part::Body => "part of the request",
            Part::BodyLength => "longest list in the request",
            Part::Pagination => "pagination",
            Part::RateLimit => "rate limit",
            Part::Ttl => "lifetime in seconds",
            Part::CacheMode => "cache mode",
            Part::Rebuild => "rebuilding",
            Part::Scopes => "scopes",
            Part::Roles => "roles",
            Part::Status => "status of success",
        };
        let place = match (change.part, change.place.as_str()) {
            (Part::Type | Part::Format | Part::Required | Part::Value | Part::Length, "") => {
                " the reply".to_owned()
            }
            (_, "") => String::new(),
            (_, place) => format!(" `{place}`"),
        };
        let mut text = match (&change.from, &change.to) {
            (None, Some(to)) => format!("new {noun}{place}: {to}"),
            (Some(from), None) => format!("no {noun}{place} any more: it was {from}"),
            (from, to) => {
                let [from, to] = [from, to].map(|said| said.as_deref().unwrap_or("nothing"));
                format!("{noun}{place}: {from} -> {to}")
            }
        };
        if !self.read_by.is_empty() {
            text.push_str("; read by ");
            text.push_str(&self.read_by.join(", "));
        }
        text
    }
}
