//! A step that is plain SQL, there and back.

use sea_orm_migration::prelude::*;

use crate::ground;

/// A step that runs its statements, and others to take itself back; see [`ground::run`] for how they are
/// written.
#[derive(Debug)]
pub struct Plain {
    /// The module in which the step stands (`module_path!()`), after which it is called.
    pub module: &'static str,
    /// What it does.
    pub up: &'static str,
    /// What takes it back.
    pub down: &'static str,
}

impl MigrationName for Plain {
    fn name(&self) -> &str {
        self.module.rsplit("::").next().unwrap_or(self.module)
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Plain {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        ground::run(manager, self.up).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        ground::run(manager, self.down).await
    }
}
