//! A dataset's tables, rearranged to mirror the nesting of its JSON.

use crate::declare::{Source, Table, Type};

/// A column of a table, by position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::rows) struct Slot {
    pub table: usize,
    pub column: usize,
    /// The bit that says, within one record, that the slot has been filled.
    pub bit: u32,
    pub required: bool,
    pub key: bool,
}

/// How to treat a field of an object.
#[derive(Debug, Default)]
pub(in crate::rows) struct Field {
    pub name: &'static str,
    pub ty: Option<Type>,
    pub slots: Vec<Slot>,
    /// The number under which the value is kept until the object ends, for the rows of nested lists.
    pub capture: Option<usize>,
    /// The field is a list whose elements are records.
    pub list: Option<Box<Level>>,
    /// Columns (table and position) of the rows inside that store this field's name; the field then stands
    /// for any name.
    pub keyed: Vec<(usize, usize)>,
    /// Slots for the name of the one field in this field's object.
    pub tags: Vec<Slot>,
    /// The field is an object whose fields belong to the same row.
    pub object: Vec<Field>,
    /// The bit that says, within one record, that the field has been read.
    pub bit: u32,
    /// The name under which the list is reported as missing, if ESI must send it.
    pub needed: Option<String>,
}

/// A value that rows of nested lists inherit when the object around them ends.
#[derive(Clone, Copy, Debug)]
pub(in crate::rows) struct Inherit {
    pub table: usize,
    pub column: usize,
    pub from: Heirloom,
}

/// The inherited value.
#[derive(Clone, Copy, Debug)]
pub(in crate::rows) enum Heirloom {
    /// The value of a field, kept under this number.
    Capture(usize),
    /// The object's position in its list.
    Ordinal,
}

/// The name that stands for any undeclared field.
pub(in crate::rows) const ANY: &str = "*";

/// The elements of one list: which rows they make, and which of their fields matter.
#[derive(Debug, Default)]
pub(in crate::rows) struct Level {
    /// Tables whose rows are these elements.
    pub tables: Vec<usize>,
    pub fields: Vec<Field>,
    /// Slots filled by the element itself if it is a bare scalar.
    pub element: Vec<(Slot, Type)>,
    pub ordinal: Vec<Slot>,
    pub inherits: Vec<Inherit>,
    pub captures: usize,
    /// All slots that a record of this level fills or leaves NULL, except ordinals.
    pub slots: Vec<Slot>,
    /// The lists that every record of this level must have: their fields' bits and their names.
    pub needed: Vec<(u32, String)>,
    bits: u32,
}

impl Level {
    /// Arranges the tables under the reply's own level.
    ///
    /// # Panics
    /// If a declaration contradicts itself; a test builds the plan of every declaration.
    pub fn compile(tables: &'static [Table]) -> Self {
        let mut root = Self::default();
        for (t, table) in tables.iter().enumerate().filter(|(_, table)| !table.log) {
            let steps: Vec<&'static str> = table.at.split('.').filter(|s| !s.is_empty()).collect();
            root.descend(&steps).tables.push(t);
            for (c, column) in table.columns.iter().enumerate() {
                let (required, key) = (!column.optional, table.is_key(column));
                match column.source {
                    Source::Field(path) => {
                        let level = root.descend(&steps);
                        let slot = level.slot(t, c, required, key);
                        let field = level.field(path);
                        field.ty = Some(column.ty);
                        field.slots.push(slot);
                    }
                    Source::Above(levels, path) => {
                        let outer =
                            steps.len().checked_sub(levels).expect("no more levels out than there are");
                        let level = root.descend(&steps[..outer]);
                        let capture = level.capture(path, column.ty);
                        level.inherits.push(Inherit {
                            table: t,
                            column: c,
                            from: Heirloom::Capture(capture),
                        });
                    }
                    Source::Ordinal(levels) if levels > 0 => {
                        let outer =
                            steps.len().checked_sub(levels).expect("no more levels out than there are");
                        let level = root.descend(&steps[..outer]);
                        level.inherits.push(Inherit { table: t, column: c, from: Heirloom::Ordinal });
                    }
                    Source::Element => {
                        let level = root.descend(&steps);
                        let slot = level.slot(t, c, required, key);
                        level.element.push((slot, column.ty));
                    }
                    Source::Ordinal(_) => {
                        let level = root.descend(&steps);
                        let slot = level.slot(t, c, required, key);
                        level.ordinal.push(slot);
                    }
                    Source::Key(star) => {
                        let field = root.star(&steps, star).expect("the place has so many stars");
                        field.keyed.push((t, c));
                    }
                    Source::Tag(path) => {
                        let level = root.descend(&steps);
                        let slot = level.slot(t, c, required, key);
                        level.field(path).tags.push(slot);
                    }
                    Source::Param | Source::Observed | Source::FirstSeen | Source::LastSeen => {}
                }
            }
        }
        for table in tables.iter().filter(|table| !table.log && !table.optional && !table.at.contains(ANY)) {
            let steps: Vec<&'static str> = table.at.split('.').filter(|s| !s.is_empty()).collect();
            if let Some((last, outer)) = steps.split_last() {
                let field = root.descend(outer).field_at(last, '/');
                field.needed.get_or_insert_with(|| list_name(table));
            }
        }
        root.settle();
        root
    }

    fn slot(&mut self, table: usize, column: usize, required: bool, key: bool) -> Slot {
        let bit = self.bits;
        assert!(bit < u128::BITS, "a record has at most 128 columns");
        self.bits += 1;
        Slot { table, column, bit, required, key }
    }

    fn descend(&mut self, steps: &[&'static str]) -> &mut Self {
        let Some((first, rest)) = steps.split_first() else { return self };
        let mut fields = &mut self.fields;
        let mut path = *first;
        while let Some((outer, inner)) = path.split_once('/') {
            fields = &mut field_of(fields, outer).object;
            path = inner;
        }
        field_of(fields, path).list.get_or_insert_default().descend(rest)
    }

    /// The field that the `nth` star of the path stands for.
    fn star(&mut self, steps: &[&'static str], nth: usize) -> Option<&mut Field> {
        let mut left = nth + 1;
        let mut level = self;
        for step in steps {
            let mut fields = &mut level.fields;
            let mut names = step.split('/').peekable();
            loop {
                let name = names.next()?;
                left -= usize::from(name == ANY);
                let field = field_of(fields, name);
                if left == 0 {
                    return Some(field);
                }
                if names.peek().is_none() {
                    level = field.list.get_or_insert_default();
                    break;
                }
                fields = &mut field.object;
            }
        }
        None
    }

    fn field(&mut self, path: &'static str) -> &mut Field {
        self.field_at(path, '.')
    }

    fn field_at(&mut self, path: &'static str, joint: char) -> &mut Field {
        let mut fields = &mut self.fields;
        let mut path = path;
        while let Some((outer, inner)) = path.split_once(joint) {
            fields = &mut field_of(fields, outer).object;
            path = inner;
        }
        field_of(fields, path)
    }

    fn capture(&mut self, path: &'static str, ty: Type) -> usize {
        let next = self.captures;
        let field = self.field(path);
        field.ty = Some(ty);
        let capture = *field.capture.get_or_insert(next);
        self.captures = next.max(capture + 1);
        capture
    }

    fn settle(&mut self) {
        fn collect(
            fields: &mut [Field],
            next: &mut u32,
            slots: &mut Vec<Slot>,
            needed: &mut Vec<(u32, String)>,
        ) {
            for field in fields {
                assert!(*next < u128::BITS, "an object has at most 128 fields");
                field.bit = *next;
                *next += 1;
                slots.extend(&field.slots);
                slots.extend(&field.tags);
                needed.extend(field.needed.clone().map(|name| (field.bit, name)));
                collect(&mut field.object, next, slots, needed);
                if let Some(list) = &mut field.list {
                    list.settle();
                }
            }
        }
        let mut slots: Vec<Slot> = self.element.iter().map(|(slot, _)| *slot).collect();
        let mut needed = Vec::new();
        collect(&mut self.fields, &mut 0, &mut slots, &mut needed);
        (self.slots, self.needed) = (slots, needed);
    }
}

/// The name of the list that a table's rows come from: `industry_cost_indices.cost_indices[]`.
fn list_name(table: &Table) -> String {
    format!("{}.{}[]", table.name, table.at)
}

fn field_of<'a>(fields: &'a mut Vec<Field>, name: &'static str) -> &'a mut Field {
    let at = fields.iter().position(|f| f.name == name).unwrap_or_else(|| {
        fields.push(Field { name, ..Field::default() });
        fields.len() - 1
    });
    &mut fields[at]
}
