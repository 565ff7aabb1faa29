//! Faults in bodies: bodies that differ from the specification.

use std::sync::Arc;

use serde_json::{Value, json};

use super::ask::{Answer, Ask, AskRefusal};
use crate::sim::answer::shelf::Sheet;
use crate::sim::fault::FaultKind;
use crate::sim::routes;

/// Records repeated from the page before.
const OVERLAP: usize = 10;

/// Applies the faults that change the body.
///
/// # Errors
///
/// 404 for a page that the shrunken set does not have.
pub fn spoil(mut sheet: Arc<Sheet>, ask: &Ask<'_>, kinds: &[FaultKind]) -> Result<Arc<Sheet>, AskRefusal> {
    for kind in kinds {
        sheet = match kind {
            FaultKind::ShrinkTo { share } => shrink(&sheet, ask, *share)?,
            FaultKind::Body { body } => {
                Arc::new(Answer { body: body.clone().into_bytes(), pages: sheet.pages }.into())
            }
            FaultKind::Shorten { share } => edit(&sheet, |rows| rows.truncate(part(rows.len(), *share))),
            FaultKind::RepeatPage { page } => repeat(&sheet, ask, *page)?,
            FaultKind::NoValue { name, every, null } => edit_field(&sheet, name, *every, |fields| {
                fields.remove(name);
                if *null {
                    fields.insert(name.clone(), Value::Null);
                }
            }),
            FaultKind::Unreadable { name, every } => edit_field(&sheet, name, *every, |fields| {
                fields.insert(name.clone(), json!({ "unexpected": true }));
            }),
            FaultKind::BadRecords { every } => edit(&sheet, |rows| bad_records(rows, (*every).max(1))),
            FaultKind::DropField { name } => without(&sheet, name),
            FaultKind::UnknownField => edit(&sheet, |rows| {
                rows.iter_mut().filter_map(Value::as_object_mut).for_each(|row| {
                    row.insert("unheard_of".to_owned(), json!({ "since": "tomorrow" }));
                });
            }),
            FaultKind::Vip => edit(&sheet, |rows| {
                rows.iter_mut().filter_map(|row| row.get_mut("vip")).for_each(|vip| *vip = json!(true));
            }),
            FaultKind::UnknownEnum => edit(&sheet, |rows| unknown_enum(rows, ask)),
            FaultKind::DuplicateKeysAcrossPages if ask.page > 1 => duplicate(&sheet, ask)?,
            _ => sheet,
        };
    }
    Ok(sheet)
}

/// The sheet with its rows edited.
fn edit(sheet: &Sheet, edit: impl FnOnce(&mut Vec<Value>)) -> Arc<Sheet> {
    let mut body: Value = serde_json::from_slice(&sheet.body).unwrap_or(Value::Null);
    match &mut body {
        Value::Array(rows) => edit(rows),
        Value::Object(fields) => {
            if let Some(rows) = fields.values_mut().find_map(Value::as_array_mut) {
                edit(rows);
            } else {
                let mut rows = vec![body];
                edit(&mut rows);
                body = rows.pop().unwrap_or(Value::Null);
            }
        }
        _ => {}
    }
    Arc::new(Answer { body: body.to_string().into_bytes(), pages: sheet.pages }.into())
}

/// A sheet of whose records with this field every k-th has been edited. An object that has it is the only record.
fn edit_field(
    sheet: &Sheet,
    name: &str,
    every: usize,
    mut change: impl FnMut(&mut serde_json::Map<String, Value>),
) -> Arc<Sheet> {
    let every = every.max(1);
    let mut body: Value = serde_json::from_slice(&sheet.body).unwrap_or(Value::Null);
    match body.as_object_mut().filter(|fields| fields.contains_key(name)) {
        Some(fields) => {
            change(fields);
            Arc::new(Answer { body: body.to_string().into_bytes(), pages: sheet.pages }.into())
        }
        None => edit(sheet, |rows| {
            let some = rows.iter_mut().skip(every - 1).step_by(every);
            some.filter_map(Value::as_object_mut).filter(|row| row.contains_key(name)).for_each(change);
        }),
    }
}

/// The sheet without a field of its object.
fn without(sheet: &Sheet, name: &str) -> Arc<Sheet> {
    let mut body: Value = serde_json::from_slice(&sheet.body).unwrap_or(Value::Null);
    body.as_object_mut().and_then(|fields| fields.remove(name));
    Arc::new(Answer { body: body.to_string().into_bytes(), pages: sheet.pages }.into())
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a share"
)]
fn part(whole: usize, share: f64) -> usize {
    (whole as f64 * share.clamp(0.0, 1.0)).ceil() as usize
}

fn shrink(sheet: &Arc<Sheet>, ask: &Ask<'_>, share: f64) -> Result<Arc<Sheet>, AskRefusal> {
    let pages = sheet.pages.map(|pages| part(pages, share).max(1));
    if pages.is_some_and(|pages| ask.page > pages) {
        return Err(AskRefusal::new(404, "Requested page does not exist!"));
    }
    let whole = pages.is_some_and(|pages| pages > 1);
    let shrunk = edit(sheet, |rows| rows.truncate(if whole { rows.len() } else { part(rows.len(), share) }));
    Ok(Arc::new(Answer { body: shrunk.body.to_vec(), pages }.into()))
}

/// The body of another page of the same version.
fn repeat(sheet: &Sheet, ask: &Ask<'_>, page: usize) -> Result<Arc<Sheet>, AskRefusal> {
    let other = routes::answer(&Ask { page, params: ask.params.clone(), ..*ask })?;
    Ok(Arc::new(Answer { body: other.body, pages: sheet.pages }.into()))
}

fn bad_records(rows: &mut [Value], every: usize) {
    for (n, row) in rows.iter_mut().enumerate().skip(every - 1).step_by(every) {
        let even = (n / every).is_multiple_of(2);
        match row.as_object_mut() {
            Some(fields) => {
                let name = if even { fields.keys().next() } else { fields.keys().next_back() }.cloned();
                let name = name.unwrap_or_default();
                if even {
                    fields.remove(&name);
                } else {
                    fields.insert(name, json!({ "unexpected": true }));
                }
            }
            None => *row = json!("not a number"),
        }
    }
}

fn unknown_enum(rows: &mut [Value], ask: &Ask<'_>) {
    let schema = ask.operation.schema.as_ref();
    let Some(item) =
        schema.and_then(|s| s.item().or_else(|| s.fields.values().find_map(crate::spec::Schema::item)))
    else {
        return;
    };
    for (name, _) in item.fields.iter().filter(|(_, field)| !field.values.is_empty()) {
        for row in rows.iter_mut().filter_map(|row| row.get_mut(name)) {
            *row = json!(format!("unknown {name} (187)"));
        }
    }
}

/// The sheet with its first records replaced by the last of the page before.
fn duplicate(sheet: &Sheet, ask: &Ask<'_>) -> Result<Arc<Sheet>, AskRefusal> {
    let before = Ask { page: ask.page - 1, params: ask.params.clone(), ..*ask };
    let before: Vec<Value> = serde_json::from_slice(&routes::answer(&before)?.body).unwrap_or_default();
    Ok(edit(sheet, |rows| {
        let tail = before.into_iter().rev().take(OVERLAP.min(rows.len())).rev();
        for (row, other) in rows.iter_mut().zip(tail) {
            *row = other;
        }
    }))
}
