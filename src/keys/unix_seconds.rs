//! Times in the list of stored keys: whole seconds since 1970, as every paycli has written them. An earlier
//! one would read milliseconds as a time in the far future, and keep an overlap for ever.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::time::UnixMillis;

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
pub(super) fn serialize<S: Serializer>(time: &UnixMillis, serializer: S) -> Result<S::Ok, S::Error> {
    time.0.div_euclid(1000).serialize(serializer)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<UnixMillis, D::Error> {
    Ok(UnixMillis(i64::deserialize(deserializer)?.saturating_mul(1000)))
}

pub(super) mod option {
    //! The same, where there may be none.

    use super::{Deserialize, Deserializer, Serialize, Serializer, UnixMillis};

    #[expect(clippy::ref_option, reason = "serde hands over a reference")]
    pub(in crate::keys) fn serialize<S: Serializer>(
        time: &Option<UnixMillis>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        time.map(|time| time.0.div_euclid(1000)).serialize(serializer)
    }

    pub(in crate::keys) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<UnixMillis>, D::Error> {
        let seconds = Option::<i64>::deserialize(deserializer)?;
        Ok(seconds.map(|seconds| UnixMillis(seconds.saturating_mul(1000))))
    }
}
