//! Reply bodies, including broken ones.

use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::{Sleep, sleep};

/// The wait after the first half of a body that is cut, so that the half is really sent.
const CUT_DELAY: Duration = Duration::from_millis(30);

/// A reply body.
#[derive(Debug)]
pub enum Payload {
    /// All of it.
    Whole(Option<Bytes>),
    /// The beginning of it; then the connection ends.
    Cut {
        /// The part that is sent.
        start: Option<Bytes>,
        /// When the connection ends.
        end: Pin<Box<Sleep>>,
        /// Set at the end, if the connection must be reset and not closed.
        reset: Option<Arc<AtomicBool>>,
    },
    /// A byte a second.
    Drip {
        /// The bytes that are left.
        rest: Bytes,
        /// When the next byte is due.
        next: Pin<Box<Sleep>>,
    },
}

impl Payload {
    /// A body that stops after its first half.
    #[must_use]
    pub fn cut(body: &Bytes, reset: Option<Arc<AtomicBool>>) -> Self {
        let start = body.slice(..body.len() / 2);
        Self::Cut { start: Some(start), end: Box::pin(sleep(CUT_DELAY)), reset }
    }

    /// A body that is sent a byte a second.
    #[must_use]
    pub fn drip(rest: Bytes) -> Self {
        Self::Drip { rest, next: Box::pin(sleep(Duration::ZERO)) }
    }
}

impl Body for Payload {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        match self.get_mut() {
            Self::Whole(body) => Poll::Ready(body.take().map(|bytes| Ok(Frame::data(bytes)))),
            Self::Cut { start, end, reset } => {
                if let Some(start) = start.take() {
                    return Poll::Ready(Some(Ok(Frame::data(start))));
                }
                std::task::ready!(end.as_mut().poll(cx));
                if let Some(reset) = reset {
                    reset.store(true, Ordering::Relaxed);
                }
                Poll::Ready(Some(Err(io::Error::other("cut short on purpose"))))
            }
            Self::Drip { rest, next } => {
                if rest.is_empty() {
                    return Poll::Ready(None);
                }
                std::task::ready!(next.as_mut().poll(cx));
                *next = Box::pin(sleep(Duration::from_secs(1)));
                Poll::Ready(Some(Ok(Frame::data(rest.split_to(1)))))
            }
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(body) => SizeHint::with_exact(body.as_ref().map_or(0, |b| b.len() as u64)),
            Self::Cut { .. } | Self::Drip { .. } => SizeHint::default(),
        }
    }
}

impl From<Bytes> for Payload {
    fn from(body: Bytes) -> Self {
        Self::Whole(Some(body).filter(|body| !body.is_empty()))
    }
}

/// The result of a handler that cannot fail.
pub type Reply = Result<hyper::Response<Payload>, Infallible>;
