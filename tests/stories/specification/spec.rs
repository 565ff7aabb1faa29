//! Compares every declaration with the facts of the specification.
//!
//! The daemon follows the declarations and the simulated ESI follows the specification. If the two disagree, some other
//! story fails too; these tests name the disagreement.

use std::collections::BTreeSet;

use esi_syncd::datasets;
use esi_syncd::declare::{Body, Column, Dataset, IdList, Method, Pages, Source, Table, Ttl, Type};
use esi_syncd::esi::COMPATIBILITY_DATE;
use esi_syncd::spec;
use esi_syncd::spec::{Operation, PageParameter, ParameterPlace, Schema, TextFormat, facts, undeclared};

#[test]
fn the_facts_are_of_our_compatibility_date() {
    assert_eq!(COMPATIBILITY_DATE, facts().compat_date);
}

#[test]
fn declarations_agree_with_the_specification() {
    let mut wrong = Vec::new();
    for dataset in datasets::all() {
        let found = disagreements(dataset);
        wrong.extend(found.iter().map(|what| format!("{} ({}): {what}", dataset.name, dataset.operation())));
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

fn method(method: Method) -> &'static str {
    match method {
        Method::Get => "GET",
        Method::Post => "POST",
    }
}

fn disagreements(dataset: &Dataset) -> Vec<String> {
    let Some(operation) = facts().operation(method(dataset.method), dataset.path) else {
        return vec!["the specification has no such operation".to_owned()];
    };
    let mut wrong = Vec::new();
    parameters(operation, dataset.query, &query_parameters(dataset), &mut wrong);
    budget_and_lifetime(dataset, operation, &mut wrong);
    if paging(operation) != dataset.pages {
        wrong.push(format!("declared {:?}, the specification pages by {:?}", dataset.pages, operation.page));
    }
    if let Some(list) = dataset.id_list() {
        wrong.extend(list_disagreements(dataset, list));
    }
    if let Some(batch) = dataset.batch() {
        let body = operation.body.as_ref();
        let most = body.and_then(|b| b.max_items);
        if most != Some(batch)
            || !body.and_then(Schema::item).is_some_and(|i| i.t == spec::SchemaType::Integer)
        {
            wrong.push(format!("batches of {batch} ids, the specification takes {most:?}"));
        }
    }
    match &operation.schema {
        Some(schema) => fields(dataset, schema, &mut wrong),
        None => wrong.push("the specification has no reply body".to_owned()),
    }
    wrong
}

/// The parameters of a target that are not in the path; they go into the query.
fn query_parameters(dataset: &Dataset) -> Vec<&'static str> {
    let columns = dataset.tables.iter().flat_map(|t| t.columns);
    let params =
        columns.filter(|c| c.source == Source::Param && !dataset.path.contains(&format!("{{{}}}", c.name)));
    params.map(|c| c.name).collect()
}

/// Checks that path parameters are the specification's, that it allows the fixed query, and that the fixed query and the
/// targets' parameters together contain all required ones.
fn parameters(operation: &Operation, query: &[(&str, &str)], added: &[&str], wrong: &mut Vec<String>) {
    let named: BTreeSet<&str> =
        operation.path.split('/').filter_map(|s| s.strip_prefix('{')?.strip_suffix('}')).collect();
    let of = |place| operation.params.iter().filter(move |p| p.place == place);
    let known: BTreeSet<&str> = of(ParameterPlace::Path).map(|p| p.name.as_str()).collect();
    if named != known {
        wrong.push(format!("path parameters {named:?}, the specification says {known:?}"));
    }
    for (name, value) in query {
        match of(ParameterPlace::Query).find(|p| p.name == *name) {
            None => wrong.push(format!("the query parameter `{name}` is unknown")),
            Some(p) if !p.values.is_empty() && !p.values.iter().any(|v| v == value) => {
                wrong.push(format!("`{name}={value}`, the specification takes {:?}", p.values));
            }
            Some(_) => {}
        }
    }
    for needed in of(ParameterPlace::Query).filter(|p| p.req) {
        if !query.iter().any(|(name, _)| *name == needed.name) && !added.contains(&needed.name.as_str()) {
            wrong.push(format!("the query parameter `{}` is required", needed.name));
        }
    }
}

fn budget_and_lifetime(dataset: &Dataset, operation: &Operation, wrong: &mut Vec<String>) {
    let declared = dataset.group.map(|g| (g.name, g.tokens));
    let specified = operation.rate.as_ref().map(|r| (r.group.as_str(), r.tokens));
    if declared != specified {
        wrong.push(format!("budget {declared:?}, the specification says {specified:?}"));
    }
    if let Some(rate) = operation.rate.as_ref().filter(|r| r.window != "15m") {
        wrong.push(format!(
            "the code expects a window of 15 minutes for every bucket, this one has {}",
            rate.window
        ));
    }
    let specified = match (operation.cache.client_ttl, dataset.method) {
        (Some(seconds), _) => Ttl::Seconds(u32::try_from(seconds).expect("a lifetime")),
        // A route whose reply is rebuilt on events has no specified lifetime: `Dataset::on_event`.
        (None, Method::Get) if operation.cache.mode.as_deref() == Some("event-based") => Ttl::Seconds(60),
        (None, Method::Get) => Ttl::Daily,
        (None, Method::Post) => Ttl::Uncached,
    };
    if dataset.ttl != specified {
        wrong.push(format!("lifetime {:?}, the specification says {specified:?}", dataset.ttl));
    }
    if operation.auth {
        wrong.push("needs a token, which no dataset can have yet".to_owned());
    }
}

fn paging(operation: &'static Operation) -> Pages {
    match &operation.page {
        PageParameter::None => Pages::One,
        PageParameter::XPages => Pages::Numbered,
        PageParameter::FromId { param } => Pages::Walk(param),
        PageParameter::Cursor { .. } => Pages::Cursor,
    }
}

/// The list's disagreements. The daemon asks it with the detail route's budget and lifetime, so they must be equal.
fn list_disagreements(dataset: &Dataset, list: &IdList) -> Vec<String> {
    let Some(operation) = facts().operation("GET", list.path) else {
        return vec![format!("the specification has no list GET {}", list.path)];
    };
    let mut wrong = Vec::new();
    let reply = operation.schema.as_ref();
    let ids = match list.field {
        None => reply.and_then(Schema::item).filter(|item| item.t == spec::SchemaType::Integer),
        Some((field, id)) => {
            let records = reply.and_then(|reply| reply.fields.get(field)).and_then(Schema::item);
            records.and_then(|record| record.fields.get(id))
        }
    };
    if ids.is_none() {
        wrong.push(format!("has no ids at {:?}", list.field));
    }
    if paging(operation) != list.pages {
        wrong.push(format!("declared {:?}, the specification pages by {:?}", list.pages, operation.page));
    }
    parameters(operation, &[], &[], &mut wrong);
    budget_and_lifetime(dataset, operation, &mut wrong);
    wrong.iter().map(|what| format!("its list GET {}: {what}", list.path)).collect()
}

/// A place in a reply: its path, its schema, and whether it is always present.
struct Spot<'a> {
    schema: &'a Schema,
    always: bool,
}

/// Steps from a record along field names; lists are stepped into.
fn follow<'a>(record: &'a Schema, path: &[&str]) -> Option<Spot<'a>> {
    let mut spot = Spot { schema: record, always: true };
    for step in path {
        let inside = spot.schema.item().unwrap_or(spot.schema);
        let mut shapes = inside.of.iter().filter_map(|shape| shape.fields.get(*step));
        let any = inside.fields.values().next().filter(|_| *step == "*");
        let schema = inside.fields.get(*step).or(any).or_else(|| shapes.next())?;
        spot = Spot {
            schema,
            always: inside.of.is_empty()
                && schema.req
                && !schema.null
                && (spot.always || spot.schema.item().is_some()),
        };
    }
    Some(spot)
}

/// The path of the field a column reads, from the record of the reply on; `None` if it reads no field.
fn path_of(table: &Table, column: &Column) -> Option<Vec<&'static str>> {
    let mut steps: Vec<&str> = table.at.split('.').filter(|s| !s.is_empty()).collect();
    let field = match column.source {
        Source::Field(field) | Source::Tag(field) => field,
        Source::Above(levels, field) => {
            steps.truncate(steps.len() - levels);
            field
        }
        Source::Element => return Some(names(&steps)),
        Source::Param
        | Source::Ordinal(_)
        | Source::Key(_)
        | Source::Observed
        | Source::FirstSeen
        | Source::LastSeen => {
            return None;
        }
    };
    let mut path = names(&steps);
    path.extend(field.split('.'));
    Some(path)
}

/// The field names on the way through these steps.
fn names<'a>(steps: &[&'a str]) -> Vec<&'a str> {
    steps.iter().flat_map(|step| step.split('/')).collect()
}

fn fields(dataset: &Dataset, reply: &Schema, wrong: &mut Vec<String>) {
    let is_list = reply.t == spec::SchemaType::Array;
    if let Body::Envelope(field) = dataset.body {
        return match reply.fields.get(field) {
            Some(list) => columns(dataset, list, wrong),
            None => wrong.push(format!("the envelope has no field `{field}`")),
        };
    }
    if let Body::Lists(field) = dataset.body {
        return match reply.fields.get(field).and_then(|map| map.map_of.as_deref()) {
            Some(list) => columns(dataset, list, wrong),
            None => wrong.push(format!("the reply has no map of lists `{field}`")),
        };
    }
    if is_list != (dataset.body == Body::List) {
        wrong.push(format!("declared {:?}, the specification replies with {:?}", dataset.body, reply.t));
        return;
    }
    columns(dataset, reply, wrong);
}

fn columns(dataset: &Dataset, records: &Schema, wrong: &mut Vec<String>) {
    let record = records.item().unwrap_or(records);
    let mut read = BTreeSet::new();
    for table in dataset.tables {
        for column in table.columns {
            let Some(path) = path_of(table, column) else { continue };
            let name = format!("{}.{} reads `{}`", table.name, column.name, path.join("."));
            let Some(spot) = follow(record, &path) else {
                wrong.push(format!("{name}, which the specification does not have"));
                continue;
            };
            let element = column.source == Source::Element;
            let schema = if element { spot.schema.item().unwrap_or(spot.schema) } else { spot.schema };
            let tag = matches!(column.source, Source::Tag(_)) && schema.t == spec::SchemaType::OneOf;
            if !tag && !fits(column.ty, schema) {
                wrong.push(format!(
                    "{name} as {:?}, the specification says {:?} {:?}",
                    column.ty, schema.t, schema.fmt
                ));
            }
            if !element && column.optional == spot.always {
                let (is, says) =
                    if column.optional { ("optional", "always there") } else { ("required", "optional") };
                wrong.push(format!("{name} and declares it {is}; the specification says it is {says}"));
            }
            read.insert(path.join("."));
        }
    }
    for table in dataset.tables.iter().filter(|table| !table.at.is_empty() && !table.at.contains('*')) {
        let path = names(&table.at.split('.').collect::<Vec<_>>());
        // What is asked is whether the list stands in the object around it, however deep that one stands.
        let always = follow(record, &path).is_some_and(|spot| spot.always);
        if table.optional == always {
            let (is, says) = if always { ("optional", "always there") } else { ("required", "optional") };
            let (name, at) = (table.name, table.at);
            wrong.push(format!("{name} declares its list `{at}` {is}; the specification says it is {says}"));
        }
    }
    for unread in leaves(record, "").into_iter().filter(|leaf| !is_read(leaf, &read)) {
        wrong.push(format!("no column reads `{unread}`"));
    }
}

fn fits(ty: Type, schema: &Schema) -> bool {
    use spec::SchemaType as Spec;
    match ty {
        Type::Int => schema.t == Spec::Integer,
        Type::Real => schema.t == Spec::Number,
        Type::Bool => schema.t == Spec::Boolean,
        Type::Text => {
            schema.t == Spec::String && !matches!(schema.fmt, Some(TextFormat::DateTime | TextFormat::Date))
        }
        Type::Time => schema.t == Spec::String && schema.fmt == Some(TextFormat::DateTime),
        Type::Date => schema.t == Spec::String && schema.fmt == Some(TextFormat::Date),
        Type::Json => matches!(schema.t, Spec::Array | Spec::Object | Spec::OneOf | Spec::Any),
    }
}

/// Whether a column reads the place, or stores an object around it whole.
fn is_read(leaf: &str, read: &BTreeSet<String>) -> bool {
    let holders = leaf.match_indices('.').map(|(end, _)| &leaf[..end]);
    let same = |(a, b): (&str, &str)| a == b || a == "*";
    let matches = |path: &str| {
        let has_all = |known: &&String| {
            known.split('.').count() == path.split('.').count()
                && known.split('.').zip(path.split('.')).all(same)
        };
        read.iter().any(|known| has_all(&known))
    };
    holders.chain([leaf]).any(matches)
}

/// The places of a record without further fields inside.
fn leaves(schema: &Schema, at: &str) -> Vec<String> {
    let inside = schema.item().unwrap_or(schema);
    if inside.fields.is_empty() {
        return vec![at.to_owned()];
    }
    let path = |name: &str| if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") };
    inside.fields.iter().flat_map(|(name, field)| leaves(field, &path(name))).collect()
}

#[test]
fn every_read_operation_is_declared_or_has_a_reason_not_to_be() {
    let mut declared = BTreeSet::new();
    for dataset in datasets::all() {
        assert!(declared.insert(dataset.operation()), "{} is declared twice", dataset.operation());
        declared.extend(dataset.id_list().map(|list| format!("GET {}", list.path)));
    }
    let mut excused = BTreeSet::new();
    for left in undeclared() {
        assert!(left.never.is_none_or(|why| !why.trim().is_empty()), "no reason: {}", left.operation);
        assert!(excused.insert(left.operation.to_owned()), "listed twice: {}", left.operation);
    }
    let reading: BTreeSet<String> =
        facts().operations.iter().filter(|o| o.reads()).map(Operation::name).collect();
    assert_eq!(reading.len(), 198 + 9, "read operations of the specification");
    let mut wrong: Vec<String> = Vec::new();
    for operation in &reading {
        match (declared.contains(operation), excused.contains(operation)) {
            (true, true) => {
                wrong.push(format!("declared, so remove it from src/spec/undeclared.txt: {operation}"));
            }
            (false, false) => {
                wrong.push(format!("declare it or add it to src/spec/undeclared.txt: {operation}"));
            }
            _ => {}
        }
    }
    let strangers = excused.difference(&reading);
    wrong.extend(
        strangers
            .map(|o| format!("not in the specification, so remove it from src/spec/undeclared.txt: {o}")),
    );
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}
