//! Reading, writing and moving course files, without a database.
