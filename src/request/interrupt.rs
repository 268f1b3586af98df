//! Ctrl-C as a wish: once means that nothing more is started, twice that nothing is waited for.

use tokio::sync::watch;

/// The user's wish to stop: once means "no more", twice means "now".
#[derive(Debug, Clone)]
pub struct Interrupt(watch::Receiver<u8>);

impl Interrupt {
    /// Listens for Ctrl-C. The handler is there when this returns, so that no press is lost after it. Must be called
    /// inside a runtime.
    #[must_use]
    pub fn listen() -> Self {
        let (sender, receiver) = watch::channel(0_u8);
        // Without a handler the process ends by the signal itself.
        if let Ok(mut signals) = ctrl_c() {
            tokio::spawn(async move {
                while signals.recv().await.is_some() {
                    sender.send_modify(|presses| *presses = presses.saturating_add(1));
                }
            });
        }
        Self(receiver)
    }

    /// Whether the user asked to stop.
    #[must_use]
    pub fn is_pressed(&self) -> bool {
        *self.0.borrow() > 0
    }

    /// Waits until the user has asked so many times.
    pub async fn pressed(&self, times: u8) {
        if self.0.clone().wait_for(|presses| *presses >= times).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(unix)]
fn ctrl_c() -> std::io::Result<tokio::signal::unix::Signal> {
    tokio::signal::unix::signal(tokio::signal::unix::SignalKind::interrupt())
}

#[cfg(windows)]
fn ctrl_c() -> std::io::Result<tokio::signal::windows::CtrlC> {
    tokio::signal::windows::ctrl_c()
}
