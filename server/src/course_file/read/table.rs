//! A table of the document: its fields are asked for by name, and what nobody asked for is a mistake.

use std::cell::RefCell;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::course_file::notes::Notes;
use crate::course_file::value::Read;

/// A table at a path of the document. Where the document has something else there, it has no entries, and nothing more is said about it.
pub struct Table<'n, 'd> {
    notes: &'n Notes,
    path: String,
    entries: Option<&'d DeTable<'d>>,
    asked: RefCell<Vec<&'static str>>,
}

impl<'n, 'd> Table<'n, 'd> {
    /// The document itself.
    pub fn root(notes: &'n Notes, document: &'d DeTable<'d>) -> Self {
        Self { notes, path: String::new(), entries: Some(document), asked: RefCell::default() }
    }

    fn inner(&self, path: String, value: &'d Spanned<DeValue<'d>>) -> Self {
        let entries = value.get_ref().as_table();
        if entries.is_none() {
            self.notes.wrong(&path, format!("must be a table of fields, not {}", value.get_ref().type_str()));
        }
        Self { notes: self.notes, path, entries, asked: RefCell::default() }
    }

    fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// Adds a mistake in the field `key`.
    pub fn wrong(&self, key: &str, message: &str) {
        self.notes.wrong(&self.path_of(key), message);
    }

    /// Whether nothing is wrong with the field `key`.
    pub fn sound(&self, key: &str) -> bool {
        self.notes.sound(&self.path_of(key))
    }

    /// Whether the field `key` is there.
    pub fn has(&self, key: &str) -> bool {
        self.entries.is_some_and(|entries| entries.contains_key(key))
    }

    fn value(&self, key: &'static str) -> Option<(String, &'d Spanned<DeValue<'d>>)> {
        self.asked.borrow_mut().push(key);
        let (name, value) = self.entries?.get_key_value(key)?;
        let path = self.path_of(key);
        self.notes.stands(&path, name.span().start);
        Some((path, value))
    }

    /// A field that may be missing.
    pub fn may<T>(&self, key: &'static str, read: impl Fn(&DeValue<'_>) -> Read<T>) -> Option<T> {
        let (path, value) = self.value(key)?;
        read(value.get_ref()).map_err(|message| self.notes.wrong(&path, message)).ok()
    }

    /// A field that must be there; `instead` takes its place where it is missing or wrong.
    pub fn need_or<T>(&self, key: &'static str, read: impl Fn(&DeValue<'_>) -> Read<T>, instead: T) -> T {
        if !self.has(key) {
            self.notes.missing(&self.path_of(key));
        }
        self.may(key, read).unwrap_or(instead)
    }

    /// A field that must be there.
    pub fn need<T: Default>(&self, key: &'static str, read: impl Fn(&DeValue<'_>) -> Read<T>) -> T {
        self.need_or(key, read, T::default())
    }

    /// A table that must be there.
    pub fn table<T>(&self, key: &'static str, read: impl Fn(&Table<'n, 'd>) -> T) -> T {
        let table = match self.value(key) {
            Some((path, value)) => self.inner(path, value),
            None => {
                let path = self.path_of(key);
                self.notes.missing(&path);
                Self { notes: self.notes, path, entries: None, asked: RefCell::default() }
            }
        };
        let read = read(&table);
        table.close();
        read
    }

    /// The elements of a list that may be missing, each with its path.
    fn elements(&self, key: &'static str) -> Vec<(String, &'d Spanned<DeValue<'d>>)> {
        let Some((path, value)) = self.value(key) else { return Vec::new() };
        let Some(elements) = value.get_ref().as_array() else {
            self.notes.wrong(&path, format!("must be a list, not {}", value.get_ref().type_str()));
            return Vec::new();
        };
        let placed = |(index, element): (usize, &'d Spanned<DeValue<'d>>)| {
            let path = format!("{path}[{index}]");
            self.notes.stands(&path, element.span().start);
            (path, element)
        };
        elements.iter().enumerate().map(placed).collect()
    }

    /// A list of tables; an absent one is empty.
    pub fn tables<T>(&self, key: &'static str, read: impl Fn(&Table<'n, 'd>) -> T) -> Vec<T> {
        let element = |(path, value)| {
            let table = self.inner(path, value);
            let read = read(&table);
            table.close();
            read
        };
        self.elements(key).into_iter().map(element).collect()
    }

    /// A list of single values; an absent one is empty.
    pub fn list<T: Default>(&self, key: &'static str, read: impl Fn(&DeValue<'_>) -> Read<T>) -> Vec<T> {
        let element = |(path, value): (String, &Spanned<DeValue<'_>>)| {
            read(value.get_ref()).map_err(|message| self.notes.wrong(&path, message)).unwrap_or_default()
        };
        self.elements(key).into_iter().map(element).collect()
    }

    /// The same for values that have no default: one that cannot be read is noted and left out.
    pub fn list_of<T>(&self, key: &'static str, read: impl Fn(&DeValue<'_>) -> Read<T>) -> Vec<T> {
        let element =
            |(path, value): (String, &Spanned<DeValue<'_>>)| read(value.get_ref()).map_err(|message| self.notes.wrong(&path, message)).ok();
        self.elements(key).into_iter().filter_map(element).collect()
    }

    /// A list whose elements are single values or tables that say more; an absent one is empty. A single value that cannot be read is noted
    /// and stands as what an empty table would give.
    pub fn mixed<T>(&self, key: &'static str, single: impl Fn(&DeValue<'_>) -> Read<T>, table: impl Fn(&Table<'n, 'd>) -> T) -> Vec<T> {
        let element = |(path, value): (String, &'d Spanned<DeValue<'d>>)| {
            if value.get_ref().is_table() {
                let inner = self.inner(path, value);
                let read = table(&inner);
                inner.close();
                return read;
            }
            single(value.get_ref()).unwrap_or_else(|message| {
                self.notes.wrong(&path, message);
                table(&Self { notes: self.notes, path, entries: None, asked: RefCell::default() })
            })
        };
        self.elements(key).into_iter().map(element).collect()
    }

    /// Says what nobody asked for.
    pub fn close(&self) {
        let asked = self.asked.borrow();
        for (name, _) in self.entries.into_iter().flatten() {
            let key = name.get_ref().as_ref();
            if !asked.contains(&key) {
                let path = self.path_of(key);
                self.notes.stands(&path, name.span().start);
                let known: Vec<&str> = asked.iter().copied().filter(|field| !self.has(field)).collect();
                let hint =
                    if known.is_empty() { "no other field belongs here".to_owned() } else { format!("could be {}", known.join(", ")) };
                self.notes.wrong(&path, format!("is not a field of a course file; {hint}"));
            }
        }
    }
}
