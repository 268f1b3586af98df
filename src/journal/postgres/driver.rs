//! The thread on which connections to the database live and leases are renewed. Commands run in a runtime of
//! their own and wait for the database as they do for a file, so that it needs a thread beside them.

use std::io;
use std::thread::JoinHandle;

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

/// A thread with a runtime, which ends when this is dropped.
#[derive(Debug)]
pub(super) struct Driver {
    handle: Handle,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Driver {
    /// Starts the thread with what it does beside carrying messages, which ends with it.
    pub(super) fn start<F: Future<Output = ()>>(
        beside: impl FnOnce(Handle) -> F + Send + 'static,
    ) -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let (stop, stopped) = oneshot::channel::<()>();
        let run = move || {
            let beside = beside(runtime.handle().clone());
            runtime.block_on(async {
                tokio::select! {
                    // The sender is dropped.
                    _ = stopped => (),
                    () = beside => (),
                }
            });
        };
        let thread = std::thread::Builder::new().name("paycli-journal".into()).spawn(run)?;
        Ok(Self { handle, stop: Some(stop), thread: Some(thread) })
    }

    pub(super) const fn handle(&self) -> &Handle {
        &self.handle
    }

    /// Waits on the calling thread, whatever runtime it is in; sockets and timers are the driver's.
    pub(super) fn wait_for<T>(&self, work: impl Future<Output = T>) -> T {
        let _entered = self.handle.enter();
        futures_executor::block_on(work)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
