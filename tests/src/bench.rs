//! What a tick costs when nothing is due.
