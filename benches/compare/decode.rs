//! How fast a page becomes rows, beside the same page becoming hand-written structs.

use std::hint::black_box;
use std::time::{Duration, Instant};

use esi_syncd::datasets;
use esi_syncd::rows::Decoder;

use crate::minimum::Order;
use crate::{Fault, median};

const ROUNDS: usize = 9;
const ROUND: Duration = Duration::from_millis(200);

/// MB/s of the typed structs, and of our decoder.
pub fn speeds(page: &[u8]) -> Result<(f64, f64), Fault> {
    let decoder = Decoder::new(datasets::find("market_orders").ok_or("no market_orders")?);
    let (mut typed, mut ours) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        typed.push(speed(page, |page| serde_json::from_slice::<Vec<Order>>(page).map(|v| v.len()))?);
        ours.push(speed(page, |page| decoder.page(page).map(|p| p.records))?);
    }
    Ok((median(typed), median(ours)))
}

#[expect(clippy::cast_precision_loss, reason = "bytes for a table")]
fn speed(page: &[u8], read: impl Fn(&[u8]) -> Result<usize, serde_json::Error>) -> Result<f64, Fault> {
    let (began, mut bytes) = (Instant::now(), 0);
    while began.elapsed() < ROUND {
        black_box(read(black_box(page))?);
        bytes += page.len();
    }
    Ok(bytes as f64 / 1e6 / began.elapsed().as_secs_f64())
}
