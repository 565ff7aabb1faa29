//! A simulated ESI: real sockets, real HTTP, an invented New Eden.
//!
//! It serves the *specification* and never reads the daemon's declarations. So a test fails where the two disagree, and
//! mistakes cannot cancel out. It is as strict as ESI: it announces lifetimes, validators and token budgets, remembers
//! what it announced, and counts every impolite request ([`Counters::violations`]). It also misbehaves on request
//! ([`Fault`]).
//!
//! Nothing is random: a body follows from (seed, path, version), and a version from the [`Clock`], which in-process tests
//! share with the daemon. What a reader could still get wrong: a *version* belongs to one path (each region's orders
//! change at a time of their own). Like ESI's, an unchanged body keeps its `ETag` when it is rebuilt, while its
//! `Last-Modified` moves.
//!
//! ```no_run
//! # async fn story() -> std::io::Result<()> {
//! use esi_syncd::{clock::Clock, sim::{Fault, FaultKind, Sim, SimSettings}};
//!
//! let sim = Sim::start(SimSettings::default(), Clock::system()).await?;
//! sim.fault(Fault::on("/markets/{region_id}/orders").page(3).times(1).with(FaultKind::Truncate));
//! println!("ask {}", sim.base_url());
//! assert!(sim.counters().violations.is_empty());
//! sim.stop().await;
//! # Ok(())
//! # }
//! ```

mod answer;
mod chance;
mod control;
mod counters;
mod exchange;
mod fault;
mod hub;
mod limits;
mod routes;
mod server;
mod settings;
pub mod world;

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::clock::Clock;
use crate::spec::Operation;
use hub::Hub;

pub use counters::{Counters, Logged};
pub use fault::{Fault, FaultKind};
pub use settings::{OrderSettings, SimSettings, WorldSize};
pub use world::World;

/// A running simulated ESI; it ends when this is dropped.
#[derive(Debug)]
pub struct Sim {
    hub: Arc<Hub>,
    address: SocketAddr,
    server: JoinHandle<()>,
}

impl Sim {
    /// Generates the world and starts to listen.
    ///
    /// # Errors
    ///
    /// If it cannot listen on the address of the settings.
    pub async fn start(settings: SimSettings, clock: Clock) -> std::io::Result<Self> {
        let listener = TcpListener::bind(settings.listen).await?;
        let address = listener.local_addr()?;
        let hub = Arc::new(Hub::new(settings, clock));
        let server = tokio::spawn(server::serve(Arc::clone(&hub), listener));
        Ok(Self { hub, address, server })
    }

    /// Its address, for example `http://127.0.0.1:40123`.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The counters.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.hub.tally().counters.clone()
    }

    /// The last requests, oldest first; [`SimSettings::log_length`] of them.
    #[must_use]
    pub fn requests(&self) -> Vec<Logged> {
        self.hub.tally().log()
    }

    /// Activates a fault.
    pub fn fault(&self, fault: Fault) {
        self.hub.faults().add(fault);
    }

    /// Ends all faults.
    pub fn clear_faults(&self) {
        self.hub.faults().clear();
    }

    /// Clears the counters and the log. Announced expiries stay known.
    pub fn reset_counters(&self) {
        self.hub.tally().reset();
    }

    /// Makes every route show its next version at once, whatever the clock says, and forgets announced expiries.
    pub fn next_version(&self) {
        self.hub.next_version();
    }

    /// Stops the world while the clock runs on, so that several readers can be compared. Replies still expire.
    pub fn hold(&self) {
        self.hub.world.timeline.hold(self.hub.clock.now());
    }

    /// Lets the world move again after [`Sim::hold`].
    pub fn release(&self) {
        self.hub.world.timeline.release();
    }

    /// The specification that is served at `/meta/openapi.json`: an OpenAPI document made from the facts.
    #[must_use]
    pub fn document(&self) -> serde_json::Value {
        answer::document::document(crate::spec::facts())
    }

    /// Serves another specification from now on. The routes' replies do not change.
    pub fn publish(&self, document: &serde_json::Value) {
        *self.hub.published() = Some(document.to_string().into());
    }

    /// The world that it serves.
    #[must_use]
    pub fn world(&self) -> &World {
        &self.hub.world
    }

    /// A path with query of this operation that answers 200 (given a token, where it needs one).
    #[must_use]
    pub fn example(&self, operation: &Operation) -> String {
        routes::example(&self.hub.world, operation)
    }

    /// Stops listening and ends all connections.
    pub async fn stop(mut self) {
        self.server.abort();
        // The result is "aborted", as intended; a panic has already been printed.
        let _ = (&mut self.server).await;
    }
}

impl Drop for Sim {
    fn drop(&mut self) {
        self.server.abort();
    }
}
