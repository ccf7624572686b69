//! What every action and every question is handed: the database, nature, the key, the catalogue and the bell.

use std::sync::Arc;

use entity::nature::SharedNature;
use entity::secret::SecretKey;
use sea_orm::{DatabaseConnection, DatabaseTransaction, DbErr, TransactionTrait};

use crate::bell::Bell;
use crate::catalogue::Catalogue;
use crate::human_check::Effort;

/// The things a request needs; cheap to clone.
#[derive(Clone, Debug)]
pub struct Desk {
    /// The database.
    pub db: DatabaseConnection,
    /// Time, ids and chance.
    pub nature: SharedNature,
    /// The key behind codes and hashes.
    pub key: Arc<SecretKey>,
    /// Published course pages, in memory.
    pub catalogue: Arc<Catalogue>,
    /// Tells the worker that there is something to look at.
    pub bell: Bell,
    /// How much work the human check asks of a client.
    pub effort: Effort,
}

impl Desk {
    /// A desk over this database.
    pub fn new(db: DatabaseConnection, nature: SharedNature, key: SecretKey, bell: Bell) -> Self {
        let catalogue = Arc::new(Catalogue::new(db.clone(), Arc::clone(&nature)));
        Self { db, nature, key: Arc::new(key), catalogue, bell, effort: Effort::default() }
    }

    /// Begins a transaction that writes.
    pub async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        self.db.begin_with_options(entity::transaction::write()).await
    }
}
