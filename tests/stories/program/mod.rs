//! The real program and the two databases under it: its command line, its signals, and crashes of both.

mod daemon;
mod database_faults;
mod disk_full;
mod documents;
mod instance;
mod kills;
mod mistakes;
mod named_sync;
mod output;
mod prune_asks;
mod readers;
mod readiness;
mod restarts;
mod surroundings;
mod sync;
mod tunables;
mod unread_log;
