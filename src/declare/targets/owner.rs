//! The owner of private rows.

/// A kind of owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OwnerKind {
    /// A character that signed in.
    Character,
    /// A corporation with a member that signed in.
    Corporation,
    /// An alliance.
    Alliance,
}

impl OwnerKind {
    /// The word in the column `owner_kind`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Character => "character",
            Self::Corporation => "corporation",
            Self::Alliance => "alliance",
        }
    }
}

/// The character, corporation or alliance that private rows belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Owner {
    /// Its kind.
    pub kind: OwnerKind,
    /// Its id in EVE.
    pub id: i64,
}

impl Owner {
    /// Reads the columns `owner_kind` and `owner_id`; `None` for rows without an owner.
    #[must_use]
    pub fn parse(kind: &str, id: Option<i64>) -> Option<Self> {
        let all = [OwnerKind::Character, OwnerKind::Corporation, OwnerKind::Alliance];
        let kind = all.into_iter().find(|k| k.name() == kind)?;
        Some(Self { kind, id: id? })
    }
}
