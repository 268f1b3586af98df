//! Connections: accepted, served one request after the other, and given up when their client has gone quiet.

use std::future::Future;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_io_timeout::TimeoutStream;

use super::receive::{Served, handle};

/// Longer than any client waits for an answer: the silence of one that waits is no reason to hang up.
const PATIENCE: Duration = Duration::from_secs(120);

/// How long the head of a request may take from its first byte to its last.
const HEAD: Duration = Duration::from_secs(30);

/// How long requests that are under way have to end when the server is told to.
const GRACE: Duration = Duration::from_secs(2);

/// How long to wait when no more files can be opened.
const BREATH: Duration = Duration::from_millis(100);

/// Serves every connection until `shutdown` is done, and lets what is under way then end.
pub(in crate::sandbox) async fn serve(
    listener: TcpListener,
    served: Arc<Served>,
    shutdown: impl Future<Output = ()>,
) {
    let (tell, told) = watch::channel(());
    let mut connections = JoinSet::new();
    let mut shutdown = pin!(shutdown);
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    connections.spawn(serve_one(stream, peer, Arc::clone(&served), told.clone()));
                }
                Err(_) => sleep(BREATH).await,
            },
            Some(_) = connections.join_next() => {}
            () = &mut shutdown => break,
        }
    }
    drop((listener, tell));
    // Who is not done by then is cut off.
    let _ = timeout(GRACE, async { while connections.join_next().await.is_some() {} }).await;
}

async fn serve_one(stream: TcpStream, peer: SocketAddr, served: Arc<Served>, mut told: watch::Receiver<()>) {
    // Answers are small: without this each could wait for the acknowledgement of another.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| handle(Arc::clone(&served), peer, request));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .auto_date_header(false)
        // As Stripe writes them: clients that compare names by their letters find what they look for.
        .title_case_headers(true)
        .serve_connection(TokioIo::new(patient(stream)), service);
    let mut connection = pin!(connection);
    // A connection that ends with an error is one whose client sees that it ended.
    tokio::select! {
        _ = connection.as_mut() => return,
        // An error says that whoever would tell is gone, which is what is waited for.
        _ = told.changed() => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = connection.await;
}

/// A stream that fails when nothing has been read, or written, for a while.
fn patient(stream: TcpStream) -> Pin<Box<TimeoutStream<TcpStream>>> {
    let mut stream = TimeoutStream::new(stream);
    stream.set_read_timeout(Some(PATIENCE));
    stream.set_write_timeout(Some(PATIENCE));
    Box::pin(stream)
}
