//! esi-syncd keeps a complete, current and consistent copy of EVE Online's ESI in SQLite or PostgreSQL.
//!
//! `docs/ARCHITECTURE.md` is the map of the house, with the walk of one page's bytes through it. In short:
//!
//! | module | what it is |
//! |---|---|
//! | [`declare`] | the words in which an ESI route is declared; no I/O |
//! | [`datasets`] | the declarations, one file per ESI tag |
//! | [`describe`] | views, the meaning of columns, and the documents written from both |
//! | [`esi`] | the one HTTP client: limits, retries, expiry, sets of pages |
//! | [`rows`] | bytes of JSON to columns, in one walk |
//! | [`store`] | SQLite and PostgreSQL behind one enum; statements generated from declarations; the ledger |
//! | [`plan`] | what the configuration will ask of ESI and take on disk, as arithmetic; no I/O |
//! | [`sync`] | which targets are due, what an attempt is, who wakes whom |
//! | [`app`] | the process: supervisor, signals, log, what runs beside the drivers |
//! | [`cli`] | one file per subcommand; the only room that prints |
//! | [`config`], [`clock`], [`suggest`] | the operator's decisions, the time, "did you mean" |
//! | [`spec`], [`sim`] | the facts of ESI's specification, and a simulated ESI that serves them |
//!
//! Imports point one way: `main` -> `cli` -> `app` -> `sync` -> `plan`, `esi`, `rows`, `store`, `datasets`, and all of
//! them -> `declare`. `config` imports none of these but `suggest`. `sim` imports `spec` and never `datasets`: the
//! daemon asks for what the declarations say, the simulated ESI serves what the specification says, and where the two
//! disagree a test fails.

pub mod app;
pub mod cli;
pub mod clock;
pub mod config;
pub mod datasets;
pub mod declare;
pub mod describe;
pub mod esi;
pub mod plan;
pub mod rows;
pub mod sim;
pub mod spec;
pub mod store;
pub mod suggest;
pub mod sync;
