//! The orders of The Forge that a story reads from a server, and a model of what they should be.

use std::time::Duration;

use chrono::TimeDelta;
use esi_syncd::app::supervisor;
use esi_syncd::clock::Clock;
use esi_syncd::config;
use esi_syncd::config::ConfigSource;
use esi_syncd::store::{Target, TargetState};
use esi_syncd::sync::pass;
use esi_syncd::sync::{Context, Planned};
use serde_json::Value;

use super::book::{Asked, Book, Order};
use super::esi::{FORGE, close, context, entry, eventually, number, only, toml};
use super::{Db, Feed, Model};

pub const FORGE_TARGET: &str = "region_id=10000002";

/// The orders of The Forge, read from some server.
pub struct Desk {
    pub plan: Vec<Planned>,
    pub clock: Clock,
    pub ctx: Context,
    pub feed: Feed,
    pub model: Model,
}

impl Desk {
    pub async fn open(db: &Db, url: &str, clock: Clock, more: &str) -> Self {
        let text =
            format!("{more}\n{}[datasets.market_orders]\nregions = [{FORGE}]\n", only(&["market_orders"]));
        let source = ConfigSource { name: "config.toml".to_owned(), text: toml(db.url(), url, &text) };
        let config = config::load(&source, std::iter::empty(), &esi_syncd::datasets::supported())
            .expect("a configuration");
        let ctx = context(&config, &clock).await;
        let feed = Feed::new("market_orders", "10000002");
        // As in the daemon, the jobs live until the process ends.
        let planned = |job| Planned { job, details: true, named: false };
        let plan = supervisor::jobs(&config).into_iter().map(planned).collect();
        Self { plan, clock, ctx, feed, model: Model::default() }
    }

    /// One pass: attempts and failures.
    pub async fn pass(&self) -> (u64, u64) {
        let done = pass(&self.ctx, &self.plan).await.expect("the database takes it");
        done.iter().fold((0, 0), |(all, bad), (_, turn)| (all + turn.attempts, bad + turn.failed))
    }

    /// Opens a desk and reads the pages of `book`.
    pub async fn at(db: &Db, book: &Book) -> Self {
        let mut desk = Self::open(db, &book.url, super::esi::clock(1.0), "").await;
        desk.reads(book).await;
        book.asked();
        desk
    }

    /// A pass that must wait for pages to expire: each time the server has received this many requests, a minute passes.
    pub async fn patient_pass(&self, book: &Book, after: &[usize]) -> (u64, u64) {
        let minutes = async {
            for &count in after {
                eventually("pages are asked for", 20, async || book.shown().asked.len() >= count).await;
                // The last answer must have arrived, or its page would have to expire after this minute.
                tokio::time::sleep(Duration::from_millis(100)).await;
                self.clock.step(TimeDelta::seconds(61));
            }
        };
        tokio::join!(self.pass(), minutes).0
    }

    pub async fn entry(&self) -> Target {
        entry(&self.ctx.store, "market_orders", FORGE_TARGET).await
    }

    pub fn written(&self) -> u64 {
        self.ctx.progress.snapshot().get("market_orders").map_or(0, |counts| counts.written)
    }

    /// Steps the clock until the set may be asked again.
    pub async fn expires(&self) {
        let now = self.clock.now();
        let due = self.entry().await.due_at.expect("a time") + TimeDelta::seconds(1);
        self.clock.step((due - now).max(TimeDelta::zero()));
    }

    /// A pass that reads the set. It must write exactly the rows that differ, and the ledger must agree.
    pub async fn reads(&mut self, book: &Book) {
        self.reads_after(book, &[]).await;
    }

    /// The same, if pages must expire during the pass.
    pub async fn reads_after(&mut self, book: &Book, minutes: &[usize]) {
        let before = self.written();
        let done = self.patient_pass(book, minutes).await;
        assert_eq!(done, (1, 0), "{:?}, asked for {:?}", self.entry().await.last_error, book.asked());
        self.holds(&book.all(), before).await;
    }

    pub async fn holds(&mut self, all: &Value, before: u64) {
        let differ = self.model.put(&self.feed, all);
        self.model.assert_stored(&self.ctx.store, &self.feed, "the book").await;
        assert_eq!(self.written() - before, differ.total(), "exactly the rows that differ are written");
        let entry = self.entry().await;
        assert_eq!((entry.failures, entry.last_error, entry.state), (0, None, TargetState::Active));
        let rows = number(&self.ctx.store, "SELECT COUNT(*) AS n FROM market_orders").await;
        assert_eq!(entry.rows, rows, "the ledger's count");
        let pages = number(&self.ctx.store, "SELECT COUNT(*) AS n FROM sync_pages").await;
        assert_eq!(entry.pages, Some(pages), "the ledger and sync_pages count the same pages");
        assert!(entry.due_at > Some(self.clock.now()), "the target is due in the future");
    }

    /// Shows these pages as the next version and reads them.
    pub async fn moves(&mut self, book: &Book, pages: Vec<Vec<Order>>) {
        book.show(pages);
        self.expires().await;
        self.reads(book).await;
    }

    /// A pass that refuses the set. It must write no row, the ledger must say why, and validators must be deleted.
    pub async fn refuses(&self, book: &Book, minutes: &[usize], says: &str) {
        self.expires().await;
        let before = self.written();
        assert_eq!(self.patient_pass(book, minutes).await, (1, 1), "the pass must fail");
        self.model.assert_stored(&self.ctx.store, &self.feed, "the old rows stay").await;
        assert_eq!(self.written(), before);
        let entry = self.entry().await;
        let error = entry.last_error.unwrap_or_default();
        assert!(error.contains(says), "expected {says:?} in {error:?}");
        assert_eq!(number(&self.ctx.store, "SELECT COUNT(*) AS n FROM sync_pages").await, 0, "{says}");
    }

    /// The next version, these pages, in a pass in which the set is doubted: no row is touched, and the ledger says why.
    pub async fn doubts(&self, book: &Book, pages: Vec<Vec<Order>>, says: &str) {
        book.show(pages);
        self.expires().await;
        let before = self.written();
        assert_eq!(self.pass().await, (1, 0), "held, not failed");
        self.model.assert_stored(&self.ctx.store, &self.feed, "the old rows").await;
        assert_eq!(self.written(), before);
        let entry = self.entry().await;
        let error = entry.last_error.unwrap_or_default();
        assert_eq!(entry.state, TargetState::Shrunk, "expected {says:?} in {error:?}");
        assert!(error.contains(says), "expected {says:?} in {error:?}");
    }

    /// The next version, these pages, read; where it is doubted, by a version after it, which is the same.
    pub async fn settles(&mut self, book: &Book, pages: Vec<Vec<Order>>) {
        let before = self.written();
        // Doubts about pages that stayed as they were come up when they are read.
        for _ in 0..3 {
            book.show(pages.clone());
            self.expires().await;
            assert_eq!(self.pass().await, (1, 0), "held, not failed");
            if self.entry().await.state != TargetState::Shrunk {
                break;
            }
            assert_eq!(self.written(), before, "nothing of a doubtful set is written");
            self.model.assert_stored(&self.ctx.store, &self.feed, "the old rows").await;
        }
        self.holds(&book.all(), before).await;
    }

    pub async fn end(self) {
        close(self.ctx).await;
    }
}

/// Orders with these ids and differing prices.
pub fn orders(ids: impl IntoIterator<Item = i64>) -> Vec<Order> {
    ids.into_iter().map(|id| (id, f64::from(u16::try_from(id % 1000).expect("small")) + 0.5)).collect()
}

/// Three pages of ten orders.
pub fn three() -> Vec<Vec<Order>> {
    vec![orders(1000..1010), orders(2000..2010), orders(3000..3010)]
}

pub fn whole(asked: &[Asked]) -> bool {
    asked.iter().all(|asked| !asked.conditional && asked.status == 200)
}
