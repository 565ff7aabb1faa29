//! Replies of ESI, and faults on the way: limits, lifetimes, sets of pages, cursors, outages.

mod client;
mod cursor_faults;
mod doubt;
mod drift;
mod faults;
mod feed_faults;
mod feeds;
mod headers;
mod lacking;
mod limits;
mod outage;
mod page_sets;
mod plan;
mod validators;
