//! The database as the worker wants it.

use super::Database;

impl worker::Store for Database {
    fn at_one_moment(&self) -> Self {
        self.at_one_moment()
    }
}
