//! Real databases for tests that tell stories.
//!
//! A story is an `async fn name(db: &Db)`. [`on_both!`] makes two tests of it, `name::sqlite` and `name::postgres`, each
//! with a fresh and empty database. The database is removed afterwards, even if the story fails. A story that is not
//! listed is dead code, and the compiler reports it.
//!
//! What a reader could still get wrong: PostgreSQL is not optional. Without a server the tests fail and say what to do.
//! Only `ESI_TEST_PG=skip` skips them, and then each reports that it was skipped.

#![allow(dead_code, unused_imports, unused_macros, reason = "the days use a part of it")]

pub mod book;
pub mod day;
mod db;
pub mod desk;
pub mod esi;
pub mod namespace;
pub mod patient;
pub mod process;
pub mod proxy;
mod rows;
pub mod server;
pub mod story;
pub mod web;

pub use db::{Db, Kind};
pub use rows::{Feed, Model, assert_same, canonical, dump, dump_table, now, observed, whole};
pub use rows::{mutate, page, tree};

/// Whether this is a long run (`./test --long`).
pub fn long() -> bool {
    std::env::var_os("ESI_TEST_LONG").is_some()
}

/// `usual`, or `more` in a long run.
pub fn cases(usual: u32, more: u32) -> u32 {
    if long() { more } else { usual }
}

/// Turns stories into tests, one per database.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            #[tokio::test]
            async fn sqlite() {
                crate::support::Db::run(crate::support::Kind::Sqlite, super::$name).await;
            }
            #[tokio::test]
            async fn postgres() {
                crate::support::Db::run(crate::support::Kind::Postgres, super::$name).await;
            }
        }
    )+};
}
pub(crate) use on_both;
