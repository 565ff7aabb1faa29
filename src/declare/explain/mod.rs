//! What a table, a view or a column means, for those who read the database.

pub(in crate::declare) mod note;
pub(in crate::declare) mod relation;
pub(in crate::declare) mod view;
