//! Renews the lease of this process while requests are under way, on a connection of its own, so that no long
//! transaction is in its way.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;

use super::runner::Runner;
use super::session::{Options, Session};
use super::transaction::Transaction;

/// A lease is renewed three times before it runs out, and tried more often where that fails.
const SHARE: u32 = 3;
const SHARE_AFTER_FAILURE: u32 = 12;

/// Renews until the thread ends. A lease that cannot be renewed in time runs out by its own clock, and nothing is
/// sent under it any more.
pub(super) async fn renew(driver: Handle, options: Options, runner: Arc<Runner>) {
    let mut session = Session::new(options);
    let mut pause = runner.length() / SHARE;
    loop {
        tokio::time::sleep(pause).await;
        pause = match renew_once(&mut session, &driver, &runner).await {
            Ok(()) => runner.length() / SHARE,
            Err(()) => (runner.length() / SHARE_AFTER_FAILURE).max(Duration::from_millis(10)),
        };
    }
}

async fn renew_once(session: &mut Session, driver: &Handle, runner: &Runner) -> Result<(), ()> {
    let Some(lease) = runner.current().filter(|lease| lease.is_needed()) else { return Ok(()) };
    let extend = async |transaction: &Transaction<'_>| runner.extend(transaction, &lease).await;
    let never = async |_: &Transaction<'_>, _: &_| Ok(false);
    match session.try_step(driver, &extend, &never, &mut None).await {
        Ok(Some(touched)) => {
            touched.count(runner.length());
            Ok(())
        }
        Ok(None) => Ok(()),
        Err(_) => Err(()),
    }
}
