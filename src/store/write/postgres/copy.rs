//! `COPY .. (FORMAT binary)`: the fastest way into an empty target.
//!
//! The format is `PostgreSQL`'s documented one (manual, "COPY", file formats): a signature, then per row the number
//! of fields, then per field its length and its bytes in network order; -1 for NULL.
//!
//! A `COPY` left without `finish` or `abort` desynchronises its connection, and sqlx would hand that
//! connection to other users. So every path finishes or aborts the copy, and a failed abort is reported with
//! the failure that caused it.

use sqlx::postgres::PgConnection;

use crate::rows::{Batch, Cells, ColumnData};
use crate::store::StoreError;
use crate::store::write::statement;

/// How many bytes are gathered before they are sent.
const CHUNK: usize = 256 * 1024;
/// 2000-01-01, `PostgreSQL`'s epoch, in seconds and days since 1970.
const EPOCH_SECONDS: i64 = 946_684_800;
const EPOCH_DAYS: i32 = 10_957;

pub(super) async fn rows(tx: &mut PgConnection, batch: &Batch, order: &[u32]) -> Result<u64, StoreError> {
    if order.is_empty() {
        return Ok(0);
    }
    let mut copy = tx.copy_in_raw(&statement::postgres_copy(batch.table)).await?;
    let mut buffer = Vec::with_capacity(CHUNK + 4096);
    buffer.extend_from_slice(b"PGCOPY\n\xff\r\n\0");
    buffer.extend_from_slice(&[0; 8]);
    let fields = i16::try_from(batch.columns.len()).unwrap_or(i16::MAX);
    for &row in order {
        buffer.extend_from_slice(&fields.to_be_bytes());
        for column in &batch.columns {
            field(&mut buffer, column, row as usize);
        }
        if buffer.len() >= CHUNK {
            if let Err(error) = copy.send(buffer.as_slice()).await {
                let _ = copy.abort("the sender failed").await;
                return Err(error.into());
            }
            buffer.clear();
        }
    }
    buffer.extend_from_slice(&(-1i16).to_be_bytes());
    if let Err(error) = copy.send(buffer.as_slice()).await {
        let _ = copy.abort("the sender failed").await;
        return Err(error.into());
    }
    Ok(copy.finish().await?)
}

fn field(buffer: &mut Vec<u8>, column: &ColumnData, row: usize) {
    if !column.present[row] {
        buffer.extend_from_slice(&(-1i32).to_be_bytes());
        return;
    }
    match &column.cells {
        Cells::Int(v) => put(buffer, &v[row].to_be_bytes()),
        Cells::Real(v) => put(buffer, &v[row].to_be_bytes()),
        Cells::Bool(v) => put(buffer, &[u8::from(v[row])]),
        Cells::Time(v) => put(buffer, &((v[row] - EPOCH_SECONDS) * 1_000_000).to_be_bytes()),
        Cells::Date(v) => put(buffer, &(v[row] - EPOCH_DAYS).to_be_bytes()),
        Cells::Text(v) => put(buffer, v.get(row).as_bytes()),
        Cells::Json(v) => {
            let text = v.get(row).as_bytes();
            length(buffer, text.len() + 1);
            // JSONB's only binary version is 1.
            buffer.push(1);
            buffer.extend_from_slice(text);
        }
    }
}

fn length(buffer: &mut Vec<u8>, len: usize) {
    buffer.extend_from_slice(&i32::try_from(len).unwrap_or(i32::MAX).to_be_bytes());
}

fn put(buffer: &mut Vec<u8>, bytes: &[u8]) {
    length(buffer, bytes.len());
    buffer.extend_from_slice(bytes);
}
