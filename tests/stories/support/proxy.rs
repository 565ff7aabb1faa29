//! A proxy between the daemon and PostgreSQL that loses replies.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// The statement `COMMIT` in PostgreSQL's protocol: the letter of a simple query, the length, and the text.
const COMMIT: &[u8] = b"Q\0\0\0\x0bCOMMIT\0";

/// A proxy that runs until the test's runtime ends.
pub struct Proxy {
    pub port: u16,
    /// The number of replies to a `COMMIT` that it will still lose.
    pub to_lose: Arc<AtomicU32>,
}

impl Proxy {
    /// Starts a proxy for the server at this port.
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

/// Forwards everything until a reply must be lost. Then the server has committed, but the client gets no reply.
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
