//! Accepts connections and reads their requests.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use hyper::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::answer::payload::Reply;
use super::control;
use super::exchange;
use super::exchange::ask::AskRefusal;
use super::exchange::outcome::DraftReply;
use super::exchange::visit::Visit;
use super::exchange::wire::Wire;
use super::hub::Hub;

/// The longest request body in bytes; a thousand ids are far shorter.
const LONGEST_BODY: usize = 1 << 20;
/// The wait after a failed accept, for example without free sockets.
const BREATHER: Duration = Duration::from_millis(50);

/// Serves until the future is dropped, which ends all connections.
pub async fn serve(hub: Arc<Hub>, listener: TcpListener) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => drop(connections.spawn(connection(Arc::clone(&hub), stream))),
                Err(_) => tokio::time::sleep(BREATHER).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

/// Serves one connection, HTTP/1.1 or HTTP/2. Its errors come from the client or from a fault, so they are ignored.
async fn connection(hub: Arc<Hub>, stream: TcpStream) {
    let fuse = Arc::new(AtomicBool::new(false));
    let _ = stream.set_nodelay(true);
    let wire = TokioIo::new(Wire::new(stream, Arc::clone(&fuse)));
    let service = service_fn(move |request| request_of(Arc::clone(&hub), request, Arc::clone(&fuse)));
    let _ = auto::Builder::new(TokioExecutor::new()).serve_connection(wire, service).await;
}

async fn request_of(hub: Arc<Hub>, request: Request<Incoming>, fuse: Arc<AtomicBool>) -> Reply {
    let (head, body) = request.into_parts();
    let query = head.uri.query().unwrap_or("").as_bytes();
    let mut visit = Visit {
        method: head.method.to_string(),
        path: head.uri.path().to_owned(),
        url: head.uri.path_and_query().map_or_else(String::new, ToString::to_string),
        query: url::form_urlencoded::parse(query).into_owned().collect(),
        headers: head.headers,
        body: Bytes::new(),
    };
    match Limited::new(body, LONGEST_BODY).collect().await {
        Ok(body) => visit.body = body.to_bytes(),
        Err(e) => return Ok(DraftReply::from(AskRefusal::new(413, e.to_string())).finish(&[], &fuse)),
    }
    if visit.path.starts_with("/_sim/") {
        return Ok::<_, Infallible>(control::answer(&hub, &visit).finish(&[], &fuse));
    }
    Ok(exchange::answer(hub, visit, fuse).await)
}
