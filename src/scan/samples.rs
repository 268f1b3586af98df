//! Keys that documentation prints for everybody: no leak. Pure. Only their hashes are here, since a text that
//! looks like a key sets off scanners.

use sha2::{Digest, Sha256};

/// SHA-256 of each sample, in hexadecimal.
const SAMPLES: &[&str] = &[
    "28488b1eb7c57cb09006550e6e9b6ba6cb1c55bb19c86f4bec472117d4895bab",
    "2cafc0970149a84f3b9e62eaf169f36f59907a3b3e31f7b82e68c69cd27f7326",
    "2d1f7723aabc5c7a51fcdc2463c99b5f3fdbc57cf3134db4ac12913c35976e6f",
    "2dd745ff991276aed56826de4e41d9d81b006c671a1491c08e9fc74e9362d95a",
    "31e21581323584d4afda359e269390e506c26d4b22e136708ef71ed44f71837e",
    "69e5a07ccf06bc5ae16c94f439748a583c4ed8d61b1fc96d0f0efa27a1bd9602",
    "7e8de44ea9ecf6d53415c90f5b249a8591f7abafbf7d65a2c0d855afeca3ec09",
    "96ad2ccd81462a766178ae09a71df55f548a3f66da11606f9cdf40b391e22dd0",
    "9a06a60889f625e42ce1f47d2ec01ee522cd1e0578fc955c5f24561b39e266da",
    "c4341ce2cfcb5209124439c61efbae3ceb5d10b48997f67face25578db0918a2",
    "ce5db258282b9663fd2657d169f02e0f1efea3868e65bc3ea9bd78b4da414f07",
    "f2d6ca16515033e5dce14eba840b979d27b5cbae24bb3e5bf484339667f86397",
    "f8fe113c371a629f8dd92014934d352ed9e0b5ead0a73701bcd72d11e0edb250",
];

/// Whether a text is a sample of documentation.
#[must_use]
pub(super) fn is_sample(text: &str) -> bool {
    let hash = hex::encode(Sha256::digest(text.as_bytes()));
    SAMPLES.contains(&hash.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_samples_of_the_api_reference_are_known() {
        let sample = ["sk_test", "4eC39HqLyjWDarjtT1zdp7dc"].join("_");
        let of_webhooks = ["whsec", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"].join("_");
        assert!(is_sample(&sample) && is_sample(&of_webhooks));
        assert!(!is_sample(&sample.replace('4', "5")));
    }
}
