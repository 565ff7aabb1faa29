//! What a reader of the database meets: tables, views, what they mean, and how their queries run.

mod clients;
mod documentation;
mod migrations;
mod planner;
mod queries;
mod schema;
mod views;
