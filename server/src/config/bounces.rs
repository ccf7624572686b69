//! Settings of what comes back.

use clap::Args;
use entity::return_path::ReturnPath;
use entity::secret::token_hash;

use super::check::MIN_KEY_BYTES;

/// Where letters come back to, and who hands in what does.
#[derive(Clone, Debug, Default, Args)]
pub struct BounceSettings {
    /// Where letters come back to, such as bounces@example.org: each letter to an address of its own, with a tag
    /// behind a plus sign [default: the sender's]
    #[arg(long, env = "BOUNCE_ADDRESS", global = true)]
    pub bounce_address: Option<String>,
    /// Key with which a mail service hands in what came back at /bounces, 32 characters of chance or more
    /// [default: nobody may]
    #[arg(long, env = "BOUNCE_KEY", global = true, hide_env_values = true)]
    pub bounce_key: Option<String>,
}

/// The same, checked.
#[derive(Clone, Debug, Default)]
pub struct Bounces {
    /// Where letters come back to, if that is somewhere of its own.
    pub return_path: Option<ReturnPath>,
    /// The hash of the key with which what came back is handed in, where it may be.
    pub key_hash: Option<String>,
}

impl BounceSettings {
    /// Where letters come back to, and the hash of the key; tells what is `wrong` with them.
    pub(super) fn check(&self, wrong: &mut impl FnMut(&'static str, &str)) -> Bounces {
        let return_path = self.bounce_address.as_deref().and_then(|address| {
            let read = ReturnPath::parse(address).ok();
            if read.is_none() {
                let right =
                    "is not an address such as bounces@example.org, with 11 characters at most before the @, and no +";
                wrong("BOUNCE_ADDRESS", right);
            }
            read
        });
        let key_hash = self.bounce_key.as_deref().map(|key| {
            if key.len() < MIN_KEY_BYTES || key.contains(char::is_whitespace) {
                let right =
                    "must have 32 characters or more, and no spaces; `openssl rand -hex 32` makes one";
                wrong("BOUNCE_KEY", right);
            }
            token_hash(key)
        });
        Bounces { return_path, key_hash }
    }
}
