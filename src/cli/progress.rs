//! What a pass is at: bars where somebody sees them, a line now and then where the output is kept.

use std::collections::BTreeMap;
use std::io::IsTerminal as _;
use std::sync::Arc;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use tokio::task::JoinHandle;

use super::table::grouped;
use crate::app::log;
use crate::sync::{Context, Counts};

/// How often bars are drawn.
const REDRAW: Duration = Duration::from_millis(200);
/// How often lines are written.
const LINES_EVERY: Duration = Duration::from_secs(10);

/// A display on standard error, until [`Display::end`].
pub(super) struct Display {
    bars: Option<MultiProgress>,
    task: JoinHandle<()>,
}

impl Display {
    pub(super) fn begin(ctx: &Arc<Context>) -> Self {
        let bars = std::io::stderr().is_terminal().then(MultiProgress::new);
        log::share(bars.clone());
        let ctx = Arc::clone(ctx);
        let task = match bars.clone() {
            Some(bars) => tokio::spawn(draw(ctx, bars)),
            None => tokio::spawn(write(ctx)),
        };
        Self { bars, task }
    }

    pub(super) fn end(self) -> std::io::Result<()> {
        self.task.abort();
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
                eprintln!("{name}: {done} of {all} targets, {}", words(counts));
            }
        }
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
