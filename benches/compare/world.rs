//! The simulated ESI, in a process of its own, so that its work is not counted as ours.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use crate::process::Running;
use crate::{Fault, minimum};

/// A running simulator.
#[derive(Debug)]
pub struct World {
    /// Where it listens.
    pub base: String,
    _process: Running,
}

impl World {
    /// Starts one, without limits and compression unless the arguments say otherwise.
    pub fn start(arguments: &[&str]) -> Result<Self, Fault> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_esi-sim"));
        command.args(["--listen", "127.0.0.1:0"]).args(arguments);
        let mut process = Running(command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?);
        let out = process.0.stdout.take().ok_or("no pipe")?;
        let mut base = String::new();
        BufReader::new(out).read_line(&mut base)?;
        Ok(Self { base: base.trim().trim_end_matches('/').to_owned(), _process: process })
    }

    /// The real market's size: a million and a half orders in a hundred regions, of which `share` change at a time.
    pub fn real_size(share: &str) -> Result<Self, Fault> {
        let size = ["--orders", "1500000", "--regions", "100", "--no-limits", "--no-gzip"];
        Self::start(&[&size[..], &["--change-share", share]].concat())
    }

    /// The regions that have orders, the largest first.
    pub async fn regions(&self) -> Result<Vec<i64>, Fault> {
        let text = minimum::lever(&format!("{}/_sim/orders", self.base), false).await?;
        let orders: std::collections::BTreeMap<i64, i64> = serde_json::from_slice(&text)?;
        let mut regions: Vec<i64> = orders.keys().copied().collect();
        regions.sort_by_key(|region| -orders[region]);
        Ok(regions)
    }

    /// One page of The Forge's orders.
    pub async fn page(&self) -> Result<Vec<u8>, Fault> {
        minimum::lever(&format!("{}/markets/10000002/orders?order_type=all", self.base), false).await
    }

    /// What it has counted, as JSON.
    pub async fn counters(&self) -> Result<serde_json::Value, Fault> {
        let text = minimum::lever(&format!("{}/_sim/counters", self.base), false).await?;
        Ok(serde_json::from_slice(&text)?)
    }

    /// Tokens that its replies cost so far (2 for a body, 1 for a 304), and bytes of bodies.
    pub async fn cost(&self) -> Result<(f64, f64), Fault> {
        let counters = self.counters().await?;
        let replies = |status: &str| counters["by_status"][status].as_f64().unwrap_or_default();
        let bytes = counters["bytes"].as_f64().ok_or("no bytes")?;
        Ok((replies("200") * 2.0 + replies("304"), bytes))
    }

    /// Every route shows its next version.
    pub async fn next_version(&self) -> Result<(), Fault> {
        minimum::lever(&format!("{}/_sim/next-version", self.base), true).await.map(drop)
    }
}
