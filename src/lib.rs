//! esi-syncd keeps a complete, current and consistent copy of EVE Online's ESI in SQLite or PostgreSQL.
//!
//! # The map
//!
//! | module | what it is |
//! |---|---|
//! | [`dataset`] | the words in which an ESI route is declared; no I/O |
//! | [`datasets`] | the declarations, one file per ESI tag |
//! | [`views`], [`glossary`], [`catalog`] | the views; what columns mean; both with the tables, for whoever reads the database |
//! | [`esi`] | the one HTTP client: limits, retries, expiry, sets of pages |
//! | [`rows`] | bytes of JSON to columns, in one walk |
//! | [`store`] | SQLite and PostgreSQL behind one enum; statements generated from declarations; the ledger |
//! | [`plan`] | what the configuration will ask of ESI and take on disk, as arithmetic; no I/O |
//! | [`sync`] | which targets are due, what an attempt is, who wakes whom |
//! | [`supervisor`] | builds client and store once, starts the drivers, closes all in order |
//! | [`cli`] | one file per subcommand |
//! | [`config`], [`log`], [`signals`], [`systemd`], [`clock`], [`suggest`] | the world around it |
//! | [`spec`], [`sim`] | the facts of ESI's specification, and a simulated ESI that serves them |
//!
//! # The path of a datum
//!
//! A bell rings ([`sync::schedule`]), the dataset's driver wakes and picks due targets from the ledger. [`esi::Client`]
//! reserves budget and asks, with the validators we hold; all pages of a set must be of one version. [`rows::Decoder`]
//! walks each page once under the table's declaration. [`store::Store::commit`] writes, in one transaction, the rows that
//! changed, the deletion of those that vanished, and the ledger's entry. One line in the log.
//!
//! # Imports point one way
//!
//! `main` -> `cli` -> `supervisor` -> `sync` -> `plan`, `esi`, `rows`, `store`, `datasets`; `plan` -> `config`, `datasets`; `store` -> `rows`; all of them ->
//! `dataset`. `config` imports none of these but `suggest`. `sim` -> `spec`, and never `datasets`: the daemon asks for what the
//! declarations say, the simulated ESI serves what the specification says, and where they disagree a test fails.
//! `catalog` -> `store` (its migrations), `datasets`, `spec`, `views`, `glossary`; only `cli` and `supervisor` use it.

pub mod catalog;
pub mod cli;
pub mod clock;
pub mod config;
pub mod dataset;
pub mod datasets;
pub mod esi;
pub mod glossary;
pub mod log;
pub mod plan;
pub mod rows;
pub mod signals;
pub mod sim;
pub mod spec;
pub mod store;
pub mod suggest;
pub mod supervisor;
pub mod sync;
pub mod systemd;
pub mod upkeep;
pub mod views;
