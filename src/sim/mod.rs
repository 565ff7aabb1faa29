//! A simulated ESI: real sockets, real HTTP, an invented New Eden.
//!
//! It serves what the *specification* says and never looks at the daemon's own declarations, so where the two
//! disagree a test fails instead of the mistakes cancelling out. It is strict where ESI is strict: it hands out
//! lifetimes, validators and token budgets, remembers what it announced, and counts every request that a polite
//! client would not have made ([`Counters::violations`]). It can also be told to misbehave ([`Fault`]).
//!
//! Nothing in it is random: a body follows from (seed, path, version), and a version from the [`Clock`], which
//! in-process tests share with the daemon. What a reader could still get wrong: a *version* belongs to one path
//! (each region's orders turn at a moment of their own), and unchanged bodies keep their `ETag` when they are rebuilt
//! while `Last-Modified` moves, as ESI's do.
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
    /// Lays out the world and starts to listen.
    ///
    /// # Errors
    ///
    /// If the address of the settings cannot be listened on.
    pub async fn start(settings: SimSettings, clock: Clock) -> std::io::Result<Self> {
        let listener = TcpListener::bind(settings.listen).await?;
        let address = listener.local_addr()?;
        let hub = Arc::new(Hub::new(settings, clock));
        let server = tokio::spawn(server::serve(Arc::clone(&hub), listener));
        Ok(Self { hub, address, server })
    }

    /// Where it listens, such as `http://127.0.0.1:40123`.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What it has seen.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.hub.tally().counters.clone()
    }

    /// The last requests, oldest first; [`SimSettings::log_length`] of them.
    #[must_use]
    pub fn requests(&self) -> Vec<Logged> {
        self.hub.tally().log()
    }

    /// Lets something go wrong from now on.
    pub fn fault(&self, fault: Fault) {
        self.hub.faults().add(fault);
    }

    /// Lets everything go right again.
    pub fn clear_faults(&self) {
        self.hub.faults().clear();
    }

    /// Starts the counters and the log from nothing. Announced expiries stay known.
    pub fn reset_counters(&self) {
        self.hub.tally().reset();
    }

    /// Lets every route show its next version at once, whatever the clock says; what was announced is forgotten.
    pub fn next_version(&self) {
        self.hub.next_version();
    }

    /// Lets the world stand still though the clock runs, so that several readers can be compared. Replies still expire.
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

    /// Serves another specification from now on. What the routes answer stays as it is.
    pub fn publish(&self, document: &serde_json::Value) {
        *self.hub.published() = Some(document.to_string().into());
    }

    /// What there is to be served.
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
        // Aborted is what it should be; a panic in it has been printed already.
        let _ = (&mut self.server).await;
    }
}

impl Drop for Sim {
    fn drop(&mut self) {
        self.server.abort();
    }
}
