//! A table of the document: its fields are asked for one by one, and what nobody asked for is a mistake.

use std::cell::RefCell;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::catalogue::draft::{Field, Mistakes, Path, Wrong};
use crate::course_file::lines::Lines;
use crate::course_file::value::Read;

/// What reading a document finds out, beside the draft.
#[derive(Debug)]
pub struct Notes {
    /// Where everything stands.
    pub lines: RefCell<Lines>,
    /// What is wrong with it.
    pub mistakes: RefCell<Mistakes>,
}

impl Notes {
    fn wrong(&self, path: &Path, wrong: impl Into<Wrong>) {
        self.mistakes.borrow_mut().add(path.clone(), wrong);
    }

    /// Where the text is broken, what seems to be missing may only be unread.
    fn missing(&self, path: &Path) {
        if self.lines.borrow().is_whole() {
            self.wrong(path, Wrong::Missing);
        }
    }
}

/// A table at a path of the document. Where the document has something else there, it has no entries, and
/// nothing more is said about it.
pub struct Table<'n, 'd> {
    notes: &'n Notes,
    path: Path,
    entries: Option<&'d DeTable<'d>>,
    asked: RefCell<Vec<&'static str>>,
}

impl<'n, 'd> Table<'n, 'd> {
    /// The document itself.
    pub fn root(notes: &'n Notes, document: &'d DeTable<'d>) -> Self {
        Self { notes, path: Path::default(), entries: Some(document), asked: RefCell::default() }
    }

    fn empty(&self, path: Path) -> Self {
        Self { notes: self.notes, path, entries: None, asked: RefCell::default() }
    }

    fn inner(&self, path: Path, value: &'d Spanned<DeValue<'d>>) -> Self {
        let entries = value.get_ref().as_table();
        if entries.is_none() {
            self.notes.wrong(&path, format!("must be a table of fields, not {}", value.get_ref().type_str()));
        }
        Self { notes: self.notes, path, entries, asked: RefCell::default() }
    }

    /// Adds a mistake in a field.
    pub fn wrong(&self, field: Field, message: &str) {
        self.notes.wrong(&self.path.at(field), message);
    }

    /// Whether nothing is wrong with a field.
    pub fn sound(&self, field: Field) -> bool {
        self.notes.mistakes.borrow().sound(&self.path.at(field))
    }

    /// Whether a field is there.
    pub fn has(&self, field: Field) -> bool {
        self.has_key(field.in_file())
    }

    fn has_key(&self, key: &str) -> bool {
        self.entries.is_some_and(|entries| entries.contains_key(key))
    }

    fn value(&self, field: Field) -> Option<(Path, &'d Spanned<DeValue<'d>>)> {
        self.asked.borrow_mut().push(field.in_file());
        let (name, value) = self.entries?.get_key_value(field.in_file())?;
        let path = self.path.at(field);
        self.notes.lines.borrow_mut().stands(&path, name.span().start);
        Some((path, value))
    }

    fn noted<T>(&self, path: &Path, read: Read<T>) -> Option<T> {
        self.notes.mistakes.borrow_mut().note(path.clone(), read)
    }

    /// A field that may be missing.
    pub fn may<T>(&self, field: Field, read: impl Fn(&DeValue<'_>) -> Read<T>) -> Option<T> {
        let (path, value) = self.value(field)?;
        self.noted(&path, read(value.get_ref()))
    }

    /// A field that must be there; `instead` takes its place where it is missing or wrong.
    pub fn need_or<T>(&self, field: Field, read: impl Fn(&DeValue<'_>) -> Read<T>, instead: T) -> T {
        if !self.has(field) {
            self.notes.missing(&self.path.at(field));
        }
        self.may(field, read).unwrap_or(instead)
    }

    /// A field that must be there.
    pub fn need<T: Default>(&self, field: Field, read: impl Fn(&DeValue<'_>) -> Read<T>) -> T {
        self.need_or(field, read, T::default())
    }

    /// A table that must be there.
    pub fn table<T>(&self, field: Field, read: impl Fn(&Table<'n, 'd>) -> T) -> T {
        let table = match self.value(field) {
            Some((path, value)) => self.inner(path, value),
            None => {
                let path = self.path.at(field);
                self.notes.missing(&path);
                self.empty(path)
            }
        };
        let read = read(&table);
        table.close();
        read
    }

    /// The elements of a list that may be missing, each with its path.
    fn elements(&self, field: Field) -> Vec<(Path, &'d Spanned<DeValue<'d>>)> {
        let Some((path, value)) = self.value(field) else { return Vec::new() };
        let Some(elements) = value.get_ref().as_array() else {
            self.notes.wrong(&path, format!("must be a list, not {}", value.get_ref().type_str()));
            return Vec::new();
        };
        let placed = |(index, element): (usize, &'d Spanned<DeValue<'d>>)| {
            let path = path.at(index);
            self.notes.lines.borrow_mut().stands(&path, element.span().start);
            (path, element)
        };
        elements.iter().enumerate().map(placed).collect()
    }

    /// A list of tables; an absent one is empty.
    pub fn tables<T>(&self, field: Field, read: impl Fn(&Table<'n, 'd>) -> T) -> Vec<T> {
        let element = |(path, value)| {
            let table = self.inner(path, value);
            let read = read(&table);
            table.close();
            read
        };
        self.elements(field).into_iter().map(element).collect()
    }

    /// A list of single values; an absent one is empty.
    pub fn list<T: Default>(&self, field: Field, read: impl Fn(&DeValue<'_>) -> Read<T>) -> Vec<T> {
        let element = |(path, value): (Path, &Spanned<DeValue<'_>>)| {
            self.noted(&path, read(value.get_ref())).unwrap_or_default()
        };
        self.elements(field).into_iter().map(element).collect()
    }

    /// The same for values that have no default: one that cannot be read is noted and left out.
    pub fn list_of<T>(&self, field: Field, read: impl Fn(&DeValue<'_>) -> Read<T>) -> Vec<T> {
        let element = |(path, value): (Path, &Spanned<DeValue<'_>>)| self.noted(&path, read(value.get_ref()));
        self.elements(field).into_iter().filter_map(element).collect()
    }

    /// A list whose elements are single values or tables that say more; an absent one is empty. A single
    /// value that cannot be read is noted and stands as what an empty table would give.
    pub fn mixed<T>(
        &self,
        field: Field,
        single: impl Fn(&DeValue<'_>) -> Read<T>,
        table: impl Fn(&Table<'n, 'd>) -> T,
    ) -> Vec<T> {
        let element = |(path, value): (Path, &'d Spanned<DeValue<'d>>)| {
            if value.get_ref().is_table() {
                let inner = self.inner(path, value);
                let read = table(&inner);
                inner.close();
                return read;
            }
            self.notes.lines.borrow_mut().stands_for_a_table(&path);
            self.noted(&path, single(value.get_ref())).unwrap_or_else(|| table(&self.empty(path)))
        };
        self.elements(field).into_iter().map(element).collect()
    }

    /// Says what nobody asked for.
    pub fn close(&self) {
        let asked = self.asked.borrow();
        for (name, _) in self.entries.into_iter().flatten() {
            let key = name.get_ref().as_ref();
            if !asked.contains(&key) {
                let path = self.path.at(key);
                self.notes.lines.borrow_mut().stands(&path, name.span().start);
                let known: Vec<&str> = asked.iter().copied().filter(|field| !self.has_key(field)).collect();
                let hint = if known.is_empty() {
                    "no other field belongs here".to_owned()
                } else {
                    format!("could be {}", known.join(", "))
                };
                self.notes.wrong(&path, format!("is not a field of a course file; {hint}"));
            }
        }
    }
}
