//! Course files.
