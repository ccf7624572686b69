//! Settings by the names that they had in the release before: read for one release more, with a warning that
//! names the new one.

use clap::Args;

use super::Mistake;

/// Settings by their old names. Where the new name is set, too, that one counts.
#[derive(Clone, Debug, Default, Args)]
pub struct RenamedSettings {
    /// `OFFICE_NAME`, until 0.2
    #[arg(long, env = "HOUSE_NAME", global = true, hide = true)]
    pub house_name: Option<String>,
}

impl RenamedSettings {
    /// What was said by an old name, each with the name that it has now.
    fn all(&self) -> [(&'static str, &'static str, Option<&String>); 1] {
        [("HOUSE_NAME", "OFFICE_NAME", self.house_name.as_ref())]
    }

    /// What was said of `name` by its old name.
    pub(super) fn of(&self, name: &str) -> Option<&String> {
        self.all().into_iter().find(|(_, new, _)| *new == name).and_then(|(_, _, said)| said)
    }

    /// A word of warning for each old name that somebody used.
    pub(super) fn warnings(&self) -> Vec<Mistake> {
        let said = self.all().into_iter().filter(|(_, _, said)| said.is_some());
        said.map(|(name, new, _)| Mistake {
            name,
            message: format!("is called {new} now; the next release no longer reads it by the old name"),
        })
        .collect()
    }
}
