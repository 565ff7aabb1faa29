//! All stories in one program, but for those of whole days (`tests/days`).
//!
//! Each file tells of one subject, and its folder of a theme. They share `support`, and one program links it and the whole
//! crate once instead of once a file. A story therefore shares its process with the others: it must not set environment
//! variables, the current folder or a global subscriber, nor count what the process holds. One that has to do so becomes a
//! test program of its own, a file beside this folder, and says why in its head.
//!
//! `./test kills::` runs one file's stories: the argument is a part of a test's name, such as
//! `program::kills::killed_again_and_again::sqlite`.

mod data;
mod esi;
mod program;
mod specification;
mod sql;
mod support;
