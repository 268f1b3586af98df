//! The checks whose deliveries are bad: an endpoint that answers 2xx to one can be made to act by others.

mod entry;
mod header;
mod other_secrets;
mod signature;
mod unsigned;

use super::check::Check;

/// Bad deliveries, in the order in which they are sent.
pub(super) const REFUSE: [&[Check]; 4] =
    [unsigned::UNSIGNED, other_secrets::OTHER_SECRETS, header::HEADER, signature::SIGNATURE];
