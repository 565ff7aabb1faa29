//! What a pass is at: bars where somebody sees them, a line now and then where the output is kept.

use std::collections::BTreeMap;
use std::io::IsTerminal as _;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use tokio::task::JoinHandle;

use super::say::complain;
use super::table::grouped;
use crate::app::log;
use crate::esi::Wait;
use crate::sync::{Context, Counts};

/// How often bars are drawn.
const REDRAW: Duration = Duration::from_millis(200);
/// How often lines are written.
const LINES_EVERY: Duration = Duration::from_secs(10);
/// How often it is looked for what the pass waits for.
const WAITS_EVERY: Duration = Duration::from_secs(1);
/// A wait that ends later by less was told of.
const SAME_WAIT: TimeDelta = TimeDelta::seconds(10);

/// A display on standard error, until [`Display::end`].
pub(super) struct Display {
    bars: Option<MultiProgress>,
    tasks: [JoinHandle<()>; 2],
}

impl Display {
    pub(super) fn begin(ctx: &Arc<Context>) -> Self {
        let bars = std::io::stderr().is_terminal().then(MultiProgress::new);
        log::share(bars.clone());
        let waits = tokio::spawn(tell_of_waits(Arc::clone(ctx)));
        let ctx = Arc::clone(ctx);
        let moves = match bars.clone() {
            Some(bars) => tokio::spawn(draw(ctx, bars)),
            None => tokio::spawn(write(ctx)),
        };
        Self { bars, tasks: [moves, waits] }
    }

    pub(super) fn end(self) -> std::io::Result<()> {
        self.tasks.iter().for_each(JoinHandle::abort);
        log::share(None);
        self.bars.map_or(Ok(()), |bars| bars.clear())
    }
}

/// What has come in: `12 pages, 11 400 records, 1 failed`.
fn words(counts: Counts) -> String {
    let failed =
        if counts.failed > 0 { format!(", {} failed", grouped(counts.failed)) } else { String::new() };
    format!("{} pages, {} records{failed}", grouped(counts.pages), grouped(counts.rows))
}

/// A line per dataset that has moved since the last time.
async fn write(ctx: Arc<Context>) {
    let mut last = BTreeMap::new();
    loop {
        tokio::time::sleep(LINES_EVERY).await;
        for (name, counts) in ctx.progress.snapshot() {
            if last.insert(name, counts) != Some(counts) {
                let (done, all) = (grouped(counts.done), grouped(counts.targets.max(counts.done)));
                complain!("{name}: {done} of {all} targets, {}", words(counts));
            }
        }
    }
}

/// A line whenever requests begin to wait: for what, and until when.
async fn tell_of_waits(ctx: Arc<Context>) {
    let mut told: BTreeMap<String, DateTime<Utc>> = BTreeMap::new();
    loop {
        for Wait { what, until } in ctx.client.waits() {
            if told.get(&what).is_none_or(|before| until - *before > SAME_WAIT) {
                complain!("waiting for {what} until {}", until.format("%H:%M:%S UTC"));
                told.insert(what, until);
            }
        }
        tokio::time::sleep(WAITS_EVERY).await;
    }
}

/// A bar per dataset that moves, as long as it does: what is done makes room for the others.
async fn draw(ctx: Arc<Context>, all: MultiProgress) {
    let mut bars: BTreeMap<&'static str, ProgressBar> = BTreeMap::new();
    let mut last: BTreeMap<&'static str, Counts> = BTreeMap::new();
    let style = ProgressStyle::with_template("{prefix:28} [{bar:28}] {pos}/{len} targets  {msg}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    loop {
        for (name, counts) in ctx.progress.snapshot() {
            if last.insert(name, counts) == Some(counts) && counts.done >= counts.targets {
                if let Some(bar) = bars.remove(name) {
                    bar.finish_and_clear();
                    all.remove(&bar);
                }
                continue;
            }
            let bar = bars.entry(name).or_insert_with(|| {
                let bar = all.add(ProgressBar::new(0));
                bar.set_style(style.clone());
                bar.set_prefix(name);
                bar
            });
            bar.set_length(counts.targets.max(counts.done));
            bar.set_position(counts.done);
            bar.set_message(words(counts));
        }
        tokio::time::sleep(REDRAW).await;
    }
}
