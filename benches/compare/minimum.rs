//! The hand-written minimum: what a competent person writes in an afternoon to copy market orders into a database.
//!
//! One struct, one table, one transaction per region, sixteen pages in flight, decoding on other tasks than writing.
//! Statements of 500 rows on SQLite, binary `COPY` on `PostgreSQL`. The table, its indexes and the durability are
//! those of esi-syncd. What it leaves out is what the comparison is about: no ledger, no proof that pages belong
//! together, no limits, no comparison with the rows that are there, no second dataset.

#![expect(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "a program of its own, with its own client"
)]

use std::str::FromStr as _;

use chrono::{DateTime, Utc};
use futures_util::{StreamExt as _, stream};
use reqwest::Client;
use serde::Deserialize;
use sqlx::postgres::PgConnection;
use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous,
};
use sqlx::{Arguments as _, AssertSqlSafe, ConnectOptions as _, Connection as _};
use tokio::sync::mpsc;

use esi_syncd::datasets;
use esi_syncd::declare::Dialect;

use crate::Fault;

const IN_FLIGHT: usize = 16;
const ROWS: usize = 500;
const INSERT: &str = "INSERT INTO market_orders (region_id, order_id, type_id, is_buy_order, price, volume_remain, \
                      volume_total, min_volume, range, location_id, system_id, issued, duration) VALUES ";
const COPY: &str = "COPY market_orders (region_id, order_id, type_id, is_buy_order, price, volume_remain, \
                    volume_total, min_volume, range, location_id, system_id, issued, duration) \
                    FROM STDIN (FORMAT binary)";
/// 2000-01-01 in microseconds since 1970.
const POSTGRES_EPOCH: i64 = 946_684_800_000_000;

/// One order, as ESI writes it.
#[derive(Debug, Deserialize)]
#[expect(clippy::struct_field_names, reason = "the names are ESI's")]
pub struct Order {
    duration: i64,
    is_buy_order: bool,
    issued: String,
    location_id: i64,
    min_volume: i64,
    order_id: i64,
    price: f64,
    range: String,
    system_id: i64,
    type_id: i64,
    volume_remain: i64,
    volume_total: i64,
}

/// Copies the regions into a new database at `url`.
pub async fn run(base: &str, url: &str, regions: Vec<i64>) -> Result<(), Fault> {
    if let Some(path) = url.strip_prefix("sqlite://") {
        let options = SqliteConnectOptions::from_str(path)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full);
        let mut db = options.connect().await?;
        sqlx::raw_sql(schema(Dialect::Sqlite)).execute(&mut db).await?;
        let mut pages = fetch(base.to_owned(), regions);
        let insert = insert_statement(ROWS);
        while let Some((region, mut rest)) = pages.recv().await {
            let mut tx = db.begin_with("BEGIN IMMEDIATE").await?;
            while let Some(page) = rest.recv().await {
                sqlite(&mut tx, &insert, region, &page?).await?;
            }
            tx.commit().await?;
        }
        db.close().await?;
    } else {
        let mut db = PgConnection::connect(url).await?;
        sqlx::raw_sql(schema(Dialect::Postgres)).execute(&mut db).await?;
        let mut pages = fetch(base.to_owned(), regions);
        while let Some((region, rest)) = pages.recv().await {
            let mut tx = db.begin().await?;
            postgres(&mut tx, region, rest).await?;
            tx.commit().await?;
        }
        db.close().await?;
    }
    Ok(())
}

/// The orders' table and index, as the daemon has them.
fn schema(dialect: Dialect) -> AssertSqlSafe<String> {
    let (_, orders) = datasets::filling("market_orders").expect("declared");
    AssertSqlSafe(dialect.create_table(orders))
}

type Page = Result<Vec<Order>, Fault>;
type Region = (i64, mpsc::Receiver<Page>);

/// Fetches region after region, ahead of the writer by a few pages.
fn fetch(base: String, regions: Vec<i64>) -> mpsc::Receiver<Region> {
    let (send_region, receive_region) = mpsc::channel(2);
    let client = Client::new();
    tokio::spawn(async move {
        for region in regions {
            let (send, receive) = mpsc::channel(IN_FLIGHT);
            if send_region.send((region, receive)).await.is_err() {
                return;
            }
            let url = format!("{base}/markets/{region}/orders?order_type=all");
            let (count, first) = match page(client.clone(), url.clone()).await {
                Ok((count, orders)) => (count, Ok(orders)),
                Err(fault) => (1, Err(fault)),
            };
            drop(send.send(first).await);
            let mut pages = stream::iter(2..=count)
                .map(|n| tokio::spawn(page(client.clone(), format!("{url}&page={n}"))))
                .buffer_unordered(IN_FLIGHT);
            while let Some(page) = pages.next().await {
                let page = page.map_err(Fault::from).and_then(|page| page).map(|(_, orders)| orders);
                drop(send.send(page).await);
            }
        }
    });
    receive_region
}

async fn page(client: Client, url: String) -> Result<(u32, Vec<Order>), Fault> {
    let reply = client.get(url).send().await?.error_for_status()?;
    let pages = reply.headers().get("x-pages").and_then(|v| v.to_str().ok()?.parse().ok()).unwrap_or(1);
    Ok((pages, serde_json::from_slice(&reply.bytes().await?)?))
}

fn insert_statement(rows: usize) -> String {
    INSERT.to_owned() + &vec!["(?,?,?,?,?,?,?,?,?,?,?,?,?)"; rows].join(",")
}

async fn sqlite(db: &mut SqliteConnection, insert: &str, region: i64, orders: &[Order]) -> Result<(), Fault> {
    for some in orders.chunks(ROWS) {
        let mut values = SqliteArguments::default();
        for o in some {
            values.add(region)?;
            values.add(o.order_id)?;
            values.add(o.type_id)?;
            values.add(o.is_buy_order)?;
            values.add(o.price)?;
            values.add(o.volume_remain)?;
            values.add(o.volume_total)?;
            values.add(o.min_volume)?;
            values.add(o.range.as_str())?;
            values.add(o.location_id)?;
            values.add(o.system_id)?;
            values.add(o.issued.as_str())?;
            values.add(o.duration)?;
        }
        let sql = if some.len() == ROWS { insert.to_owned() } else { insert_statement(some.len()) };
        sqlx::query_with(AssertSqlSafe(sql), values).persistent(some.len() == ROWS).execute(&mut *db).await?;
    }
    Ok(())
}

async fn postgres(db: &mut PgConnection, region: i64, mut pages: mpsc::Receiver<Page>) -> Result<(), Fault> {
    let mut copy = db.copy_in_raw(COPY).await?;
    let mut buffer = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0".to_vec();
    while let Some(page) = pages.recv().await {
        for o in page? {
            buffer.extend_from_slice(&13_i16.to_be_bytes());
            let issued: DateTime<Utc> = o.issued.parse()?;
            field(&mut buffer, &region.to_be_bytes());
            field(&mut buffer, &o.order_id.to_be_bytes());
            field(&mut buffer, &o.type_id.to_be_bytes());
            field(&mut buffer, &[u8::from(o.is_buy_order)]);
            field(&mut buffer, &o.price.to_be_bytes());
            field(&mut buffer, &o.volume_remain.to_be_bytes());
            field(&mut buffer, &o.volume_total.to_be_bytes());
            field(&mut buffer, &o.min_volume.to_be_bytes());
            field(&mut buffer, o.range.as_bytes());
            field(&mut buffer, &o.location_id.to_be_bytes());
            field(&mut buffer, &o.system_id.to_be_bytes());
            field(&mut buffer, &(issued.timestamp_micros() - POSTGRES_EPOCH).to_be_bytes());
            field(&mut buffer, &o.duration.to_be_bytes());
        }
        copy.send(buffer.as_slice()).await?;
        buffer.clear();
    }
    copy.send((-1_i16).to_be_bytes().as_slice()).await?;
    copy.finish().await?;
    Ok(())
}

fn field(buffer: &mut Vec<u8>, bytes: &[u8]) {
    buffer.extend_from_slice(&u32::try_from(bytes.len()).unwrap_or(0).to_be_bytes());
    buffer.extend_from_slice(bytes);
}

/// Pulls one of the simulator's levers, or reads one of its dials.
pub async fn lever(url: &str, post: bool) -> Result<Vec<u8>, Fault> {
    let client = Client::new();
    let request = if post { client.post(url) } else { client.get(url) };
    Ok(request.send().await?.error_for_status()?.bytes().await?.to_vec())
}
