//! One column: its name, its type, and where its value comes from.

/// The type of a column; the same column holds the same values on both databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// 64-bit integer: every id and count of ESI.
    Int,
    /// Double: ISK, shares, coordinates.
    Real,
    /// Boolean (SQLite: 0 or 1).
    Bool,
    /// Text. Enumerations are text too, because ESI adds values to them without notice.
    Text,
    /// An instant, whole seconds of UTC (SQLite: text `YYYY-MM-DD HH:MM:SSZ` in a DATETIME column; PostgreSQL:
    /// TIMESTAMPTZ).
    Time,
    /// A calendar day (SQLite: text `YYYY-MM-DD` in a DATE column; PostgreSQL: DATE).
    Date,
    /// A nested value, stored as ESI sends it (SQLite: TEXT; PostgreSQL: JSONB).
    Json,
}

/// Where a column's value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// A field of the row's object; dots step into nested objects (`position.x`).
    Field(&'static str),
    /// A field of the object that holds the row's list, `levels` lists further out.
    Above(usize, &'static str),
    /// A path parameter of the target.
    Param,
    /// The list element itself: the row is a bare scalar.
    Element,
    /// The position in its list, from 0, of the row (0) or of the record this many lists further out. For lists without a
    /// key of their own.
    Ordinal(usize),
    /// The name of the field that a star in [`Table::at`](super::Table::at) stands for: the number of the star, from 0.
    Key(usize),
    /// The name of an object's only field, which names its shape (`oneOf`).
    Tag(&'static str),
    /// When the row first appeared in a set; never changed afterwards.
    FirstSeen,
    /// NULL while the row is in the newest set; afterwards the build time of the last set that contained it.
    LastSeen,
    /// When ESI built the reply: `Last-Modified`, or else the time of receipt, rounded down to the cache period.
    Observed,
}

/// One column of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Column {
    /// The column's name: ESI's own field name, nested fields joined with `_`.
    pub name: &'static str,
    /// The column's type.
    pub ty: Type,
    /// Where the value comes from.
    pub source: Source,
    /// Whether the specification lets ESI leave the field out. A required field that is missing counts as drift.
    pub optional: bool,
    /// The smallest and largest id in this column that `/universe/names` knows; `None` if it knows none.
    pub named: Option<(i64, i64)>,
}

impl Column {
    const fn new(name: &'static str, ty: Type) -> Self {
        Self { name, ty, source: Source::Field(name), optional: false, named: None }
    }

    /// Reads the value from a field with a name other than the column's: a bare `id`, or `position.x`.
    #[must_use]
    pub const fn from(mut self, field: &'static str) -> Self {
        self.source = match self.source {
            Source::Above(levels, _) => Source::Above(levels, field),
            _ => Source::Field(field),
        };
        self
    }

    /// Takes the value from the object `levels` lists further out.
    #[must_use]
    pub const fn above(mut self, levels: usize) -> Self {
        self.source = Source::Above(levels, self.name);
        self
    }

    /// Takes the value from the target's path parameter of the same name.
    #[must_use]
    pub const fn param(mut self) -> Self {
        self.source = Source::Param;
        self
    }

    /// The row is a bare scalar, and this column holds it.
    #[must_use]
    pub const fn element(mut self) -> Self {
        self.source = Source::Element;
        self
    }

    /// The row's position in its list, from 0.
    #[must_use]
    pub const fn ordinal(mut self) -> Self {
        self.source = Source::Ordinal(0);
        self
    }

    /// The position in its list, from 0, of the record `levels` lists further out.
    #[must_use]
    pub const fn ordinal_above(mut self, levels: usize) -> Self {
        self.source = Source::Ordinal(levels);
        self
    }

    /// The name of the field that star number `star` (from 0) of the table's place stands for.
    #[must_use]
    pub const fn key(mut self, star: usize) -> Self {
        self.source = Source::Key(star);
        self
    }

    /// The shape of the object in `field`: the name of that object's only field.
    #[must_use]
    pub const fn tag_of(mut self, field: &'static str) -> Self {
        self.source = Source::Tag(field);
        self
    }

    /// When ESI built the reply: the key of a time series.
    #[must_use]
    pub const fn observed(mut self) -> Self {
        self.source = Source::Observed;
        self
    }

    /// ESI may leave the field out; the column is then NULL.
    #[must_use]
    pub const fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// The ids in this column have names in `entity_names`.
    #[must_use]
    pub const fn named(self) -> Self {
        self.named_within(1, i64::MAX)
    }

    /// The ids from `low` to `high` in this column have names in `entity_names`; others are of another kind.
    #[must_use]
    pub const fn named_within(mut self, low: i64, high: i64) -> Self {
        self.named = Some((low, high));
        self
    }
}

/// When the row first appeared in a set. For tables whose rows stay after they vanish upstream.
pub const FIRST_SEEN: Column = Column { source: Source::FirstSeen, ..time("first_seen_at") };

/// When the row was last in a set; NULL while it still is.
pub const LAST_SEEN: Column = Column { source: Source::LastSeen, ..time("last_seen_at") };

/// A 64-bit integer column.
#[must_use]
pub const fn int(name: &'static str) -> Column {
    Column::new(name, Type::Int)
}

/// A double column.
#[must_use]
pub const fn real(name: &'static str) -> Column {
    Column::new(name, Type::Real)
}

/// A boolean column.
#[must_use]
pub const fn boolean(name: &'static str) -> Column {
    Column::new(name, Type::Bool)
}

/// A text column.
#[must_use]
pub const fn text(name: &'static str) -> Column {
    Column::new(name, Type::Text)
}

/// A column of instants.
#[must_use]
pub const fn time(name: &'static str) -> Column {
    Column::new(name, Type::Time)
}

/// A column of calendar days.
#[must_use]
pub const fn date(name: &'static str) -> Column {
    Column::new(name, Type::Date)
}

/// A column of nested values, kept whole.
#[must_use]
pub const fn json(name: &'static str) -> Column {
    Column::new(name, Type::Json)
}
