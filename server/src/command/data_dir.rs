//! The data directory: the embedded database, its key and the local mailbox, for nobody but their owner.

use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use entity::nature::SharedNature;
use entity::secret::SecretKey;
use lectern::config::Config;

use super::CommandError;

/// What nobody but the owner may do: read and write a file, and enter a folder.
const FILE: u32 = 0o600;
const FOLDER: u32 = 0o700;
/// What lies in the directory.
const OURS: [&str; 5] =
    ["lectern.sqlite3", "lectern.sqlite3-wal", "lectern.sqlite3-shm", "secret.key", "mailbox"];
/// The fewest bytes of a key.
const SHORTEST_KEY: usize = 32;
/// What a mode gives to others.
const OTHERS: u32 = 0o077;

/// The data directory, ours alone for as long as this lives; other processes that begin wait for it.
#[derive(Debug)]
pub(super) struct DataDir {
    folder: PathBuf,
    /// Locked; the lock ends with the process, however it ends.
    _lock: Option<File>,
}

impl DataDir {
    /// The data directory of `config`, made where there is none, and closed to others. Where nothing is
    /// embedded, there is nothing to make and nobody to wait for.
    ///
    /// # Errors
    /// Where it can be neither made nor locked.
    pub(super) async fn of(config: &Config) -> Result<Self, CommandError> {
        let folder = config.data_dir.clone();
        if !config.embedded {
            return Ok(Self { folder, _lock: None });
        }
        close(&folder).map_err(|error| failed(&folder, error))?;
        let file = folder.join("lectern.lock");
        let lock = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(FILE)
            .open(&file)
            .map_err(|error| failed(&file, error))?;
        // Waiting is done aside, so that signals are obeyed meanwhile.
        let locked = tokio::task::spawn_blocking(move || lock.lock().map(|()| lock))
            .await
            .map_err(|error| failed(&file, io::Error::other(error)))?;
        let lock = locked.map_err(|error| failed(&file, error))?;
        Ok(Self { folder, _lock: Some(lock) })
    }

    /// The key of the embedded default: made once, and never again in the place of another.
    ///
    /// # Errors
    /// Where it can be neither read nor written, and where what is there is too short for a key: whoever put it
    /// there has something in mind with it, and a new one would end all that was signed with it.
    pub(super) fn key(&self, nature: &SharedNature) -> Result<SecretKey, CommandError> {
        let file = self.folder.join("secret.key");
        match std::fs::read(&file) {
            Ok(key) if key.len() >= SHORTEST_KEY => return Ok(SecretKey::new(key)),
            Ok(key) => return Err(failed(&file, too_short(key.len()))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(&file, error)),
        }
        let mut key = [0; 32];
        nature.fill(&mut key);
        close(&self.folder).map_err(|error| failed(&self.folder, error))?;
        // Written aside and renamed, so that a crash leaves no half a key.
        let aside = self.folder.join(".secret.key.part");
        let write = || {
            let mut open =
                OpenOptions::new().write(true).create(true).truncate(true).mode(FILE).open(&aside)?;
            open.write_all(&key)?;
            open.sync_all()?;
            std::fs::rename(&aside, &file)
        };
        write().map_err(|error| failed(&file, error))?;
        Ok(SecretKey::new(key))
    }
}

/// Makes `folder` where there is none, and takes from others what earlier releases let them do with what lies
/// in it. The folder itself, where it was there before, may be others' as well, and stays as it is.
fn close(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(FOLDER).create(folder)?;
    for name in OURS {
        let path = folder.join(name);
        let mode = match std::fs::metadata(&path) {
            Ok(found) => found.mode(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        if mode & OTHERS != 0 {
            std::fs::set_permissions(&path, Permissions::from_mode(mode & 0o7777 & !OTHERS))?;
            tracing::warn!(path = %path.display(), "could be read by others, and cannot any more");
        }
    }
    Ok(())
}

/// We write no such key, and write ours whole.
fn too_short(length: usize) -> io::Error {
    let message = format!(
        "it has {length} bytes, and a key has {SHORTEST_KEY} or more; put back the one that was there, or remove the file, and a new one is made"
    );
    io::Error::new(io::ErrorKind::InvalidData, message)
}

fn failed(path: &Path, error: io::Error) -> CommandError {
    CommandError::File(path.display().to_string(), error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_is_too_short_is_told_and_left_as_it_is() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("secret.key");
        let data_dir = DataDir { folder: folder.path().to_owned(), _lock: None };
        let nature: SharedNature = std::sync::Arc::new(entity::nature::RealNature);
        std::fs::write(&file, "too short").expect("a file");
        let no = data_dir.key(&nature).expect_err("no key").to_string();
        assert!(no.contains("secret.key") && no.contains("9 bytes"), "{no}");
        assert_eq!(std::fs::read(&file).expect("a file"), b"too short");
        std::fs::remove_file(&file).expect("gone");
        data_dir.key(&nature).expect("a new one");
        assert_eq!(std::fs::read(&file).expect("a file").len(), 32);
    }
}
