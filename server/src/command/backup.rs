//! A backup of the database, while it is in use: a copy of an embedded one, or what `pg_dump` writes of one of
//! PostgreSQL.

mod dump;

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use lectern::config::Config;
use lectern::store::{self, Limits, backup};
use sea_orm::DbBackend;

use super::{CommandError, nature, open, say};

/// Writes a backup to `file`, which must not exist: all of it, or nothing.
pub(super) async fn make(config: &Config, file: &Path) -> Result<ExitCode, CommandError> {
    if let Some(missing) = store::missing_file(&config.database_url) {
        return Err(CommandError::NoDatabase(missing.display().to_string()));
    }
    if file.symlink_metadata().is_ok() {
        return Err(failed(file, io::Error::from(ErrorKind::AlreadyExists)));
    }
    let db = open(config, Limits::PATIENT).await?;
    let (nature, _) = nature(config, &db).await?;
    let part = Part::beside(file, &nature.id().simple().to_string())?;
    let knows = match db.get_database_backend() {
        DbBackend::Sqlite => backup::copy(&db, &part.0, nature.now()).await?,
        _ => {
            dump::write(&config.database_url, &part.0).await?;
            true
        }
    };
    db.close().await;
    part.becomes(file)?;
    say::tell(format_args!("The backup is in {}.", file.display()));
    if !knows {
        say::warn(
            "lectern: the database's schema is older than this release, so the copy does not say of itself that it is one: run `lectern restored` when you have put it in place",
        );
    }
    Ok(ExitCode::SUCCESS)
}

fn failed(file: &Path, error: io::Error) -> CommandError {
    CommandError::File(file.display().to_string(), error)
}

/// A file that is being written, for nobody but its owner; gone when dropped.
struct Part(PathBuf);

impl Part {
    /// An empty one in the folder of `file`.
    fn beside(file: &Path, chance: &str) -> Result<Self, CommandError> {
        let name = file.file_name().ok_or_else(|| failed(file, ErrorKind::InvalidFilename.into()))?;
        let mut part = std::ffi::OsString::from(".");
        part.push(name);
        part.push(format!(".{chance}.part"));
        let part = file.with_file_name(part);
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&part)
            .map_err(|error| failed(&part, error))?;
        Ok(Self(part))
    }

    /// Gives it its name, once all of it is on the disk. What has that name by now is left alone.
    fn becomes(self, file: &Path) -> Result<(), CommandError> {
        File::open(&self.0).and_then(|written| written.sync_all()).map_err(|error| failed(&self.0, error))?;
        std::fs::hard_link(&self.0, file).map_err(|error| failed(file, error))?;
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(|error| failed(folder, error))
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // Its other name, if it has one by now, stays; and what SQLite leaves beside a file that fails, goes.
        let _ = std::fs::remove_file(&self.0);
        let mut journal = self.0.clone().into_os_string();
        journal.push("-journal");
        let _ = std::fs::remove_file(journal);
    }
}
