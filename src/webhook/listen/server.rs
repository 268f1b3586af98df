//! Connections to the listener: accepted, served, and ended when it stops.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::listener::Listener;

/// How many connections are open at once; further ones wait.
const MAX_CONNECTIONS: usize = 2048;

/// How long the head of a request may take.
const HEAD: Duration = Duration::from_secs(30);

/// How long deliveries that are under way have to end when the listener stops.
const GRACE: Duration = Duration::from_secs(5);

/// How long to wait when no more files can be opened.
const BREATH: Duration = Duration::from_millis(100);

/// Serves until the listener is to stop, and lets what is under way then end.
pub async fn serve(socket: TcpListener, listener: Arc<Listener>) {
    let mut stop = listener.stop.subscribe();
    let (room, mut connections) = (Arc::new(Semaphore::new(MAX_CONNECTIONS)), JoinSet::new());
    loop {
        let Ok(permit) = Arc::clone(&room).acquire_owned().await else { return };
        tokio::select! {
            accepted = socket.accept() => match accepted {
                Ok((stream, _)) => {
                    let (listener, stop) = (Arc::clone(&listener), listener.stop.subscribe());
                    connections.spawn(async move {
                        serve_one(stream, listener, stop).await;
                        drop(permit);
                    });
                }
                Err(_) => sleep(BREATH).await,
            },
            _ = stop.wait_for(|is_stopped| *is_stopped) => break,
        }
        while connections.try_join_next().is_some() {}
    }
    drop(socket);
    // Who is not done by then is cut off.
    let _ = timeout(GRACE, async { while connections.join_next().await.is_some() {} }).await;
}

async fn serve_one(stream: TcpStream, listener: Arc<Listener>, mut stop: watch::Receiver<bool>) {
    // Answers are small: without this each could wait for the acknowledgement of another.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| {
        let listener = Arc::clone(&listener);
        async move { Ok::<_, Infallible>(listener.handle(request).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        // A client may end its side after its last request, as `nc -N` does; its answer goes out all the same.
        .half_close(true)
        .auto_date_header(false)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection);
    // A connection that ends with an error is one whose sender sees that it ended.
    tokio::select! {
        _ = connection.as_mut() => return,
        _ = stop.wait_for(|is_stopped| *is_stopped) => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = connection.await;
}
