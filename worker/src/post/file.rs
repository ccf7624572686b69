//! Mail into a folder: one `.eml` file per letter, which any mail program opens. The local mailbox shows this
//! folder.

use std::path::{Path, PathBuf};

use tokio::io::AsyncWriteExt;

use super::{Delivery, Envelope, Post, PostError, Reply, Step};

/// A folder that letters are laid into.
#[derive(Clone, Debug)]
pub struct FilePost {
    folder: PathBuf,
}

#[derive(Debug)]
struct FileDelivery {
    folder: PathBuf,
    name: String,
}

impl FilePost {
    /// The folder; it is made with the first letter.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }
}

#[async_trait::async_trait]
impl Post for FilePost {
    async fn open(&self, envelope: &Envelope) -> Result<Box<dyn Delivery>, PostError> {
        tokio::fs::create_dir_all(&self.folder)
            .await
            .map_err(|error| PostError::silence(Step::Connect, error.to_string()))?;
        // Ids sort by the moment of their making, so names do too; the same letter sent again replaces
        // itself.
        Ok(Box::new(FileDelivery { folder: self.folder.clone(), name: envelope.id.to_string() }))
    }
}

#[async_trait::async_trait]
impl Delivery for FileDelivery {
    async fn send(self: Box<Self>, message: &[u8]) -> Result<Reply, PostError> {
        lay(&self.folder, &self.name, message)
            .await
            .map_err(|error| PostError::silence(Step::Connect, error.to_string()))?;
        Ok(Reply::new(250, "laid into the folder"))
    }

    async fn abandon(self: Box<Self>) {}
}

/// Writes under another name first, so that whoever looks sees whole letters only.
async fn lay(folder: &Path, name: &str, message: &[u8]) -> std::io::Result<()> {
    let unfinished = folder.join(format!(".{name}.part"));
    let mut file = tokio::fs::File::create(&unfinished).await?;
    file.write_all(message).await?;
    file.sync_all().await?;
    tokio::fs::rename(&unfinished, folder.join(format!("{name}.eml"))).await
}
