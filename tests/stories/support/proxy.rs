//! Stands between the daemon and PostgreSQL, and loses replies.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// How the protocol writes the statement `COMMIT`: a simple query of 12 bytes after its letter.
const COMMIT: &[u8] = b"Q\0\0\0\x0bCOMMIT\0";

/// A proxy for as long as the test's runtime lives.
pub struct Proxy {
    pub port: u16,
    /// How many replies to a `COMMIT` are still to be lost.
    pub to_lose: Arc<AtomicU32>,
}

impl Proxy {
    /// Listens for those who mean the server at this port.
    pub async fn before(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let to_lose = Arc::new(AtomicU32::new(0));
        let left = Arc::clone(&to_lose);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(("127.0.0.1", server)).await.expect("the server is there");
                tokio::spawn(pass(client, server, Arc::clone(&left)));
            }
        });
        Self { port, to_lose }
    }
}

/// Passes everything on, until a reply is to be lost: then the server has done its work, and the client never hears.
async fn pass(mut client: TcpStream, mut server: TcpStream, to_lose: Arc<AtomicU32>) -> Option<()> {
    let (mut out, mut back) = (vec![0; 64 * 1024], vec![0; 64 * 1024]);
    loop {
        tokio::select! {
            n = client.read(&mut out) => {
                let sent = &out[..n.ok().filter(|n| *n > 0)?];
                server.write_all(sent).await.ok()?;
                let lose = |left: u32| left.checked_sub(1);
                if sent.ends_with(COMMIT)
                    && to_lose.fetch_update(Ordering::SeqCst, Ordering::SeqCst, lose).is_ok()
                {
                    let _ = server.read(&mut back).await;
                    return None;
                }
            }
            n = server.read(&mut back) => {
                client.write_all(&back[..n.ok().filter(|n| *n > 0)?]).await.ok()?;
            }
        }
    }
}
