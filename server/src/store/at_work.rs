//! The database as the worker wants it.

use sea_orm::DbErr;

use super::{Database, schema};

impl worker::Store for Database {
    fn at_one_moment(&self) -> Self {
        self.at_one_moment()
    }

    async fn may_write(&self) -> Result<bool, DbErr> {
        schema::may_write(self).await
    }

    async fn may_send(&self) -> Result<bool, DbErr> {
        schema::may_send(self).await
    }
}
