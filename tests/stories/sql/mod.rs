//! The database as its readers see it: tables, views, their meaning, and how queries on them run.

mod clients;
mod documentation;
mod migrations;
mod planner;
mod queries;
mod schema;
mod views;
