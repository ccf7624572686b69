//! Writing words: what is no longer said goes, what is new comes, and what stays is not touched.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ConnectionTrait, DbErr};
use uuid::Uuid;

use crate::listing::fold;
use crate::listing::search::Index;

/// How many words are inserted by one statement.
const AT_A_TIME: usize = 4_000;
/// How far into a text words are kept, in characters: strangers may write long ones.
const LONGEST_TEXT: usize = 2_000;

/// The words of some owners, as they are wanted.
#[derive(Debug, Default)]
pub(super) struct Wanted(BTreeMap<Uuid, BTreeSet<String>>);

impl Wanted {
    /// Nobody says anything yet.
    pub(super) fn of(owners: impl IntoIterator<Item = Uuid>) -> Self {
        Self(owners.into_iter().map(|owner| (owner, BTreeSet::new())).collect())
    }

    /// This owner says so, too. Whoever is not among the owners is left alone.
    pub(super) fn say(&mut self, owner: Uuid, text: &str) {
        if let Some(words) = self.0.get_mut(&owner) {
            let end = text.char_indices().nth(LONGEST_TEXT).map_or(text.len(), |(end, _)| end);
            words.extend(fold::words(&text[..end]));
        }
    }

    /// Writes what differs from what is stored; returns how many words were changed.
    pub(super) async fn write<C: ConnectionTrait>(self, db: &C, index: Index) -> Result<u64, DbErr> {
        let Self(mut wanted) = self;
        if wanted.is_empty() {
            return Ok(0);
        }
        let (table, owner_column) = (index.table(), index.owner());
        let stored = Query::select()
            .columns([owner_column, "word"])
            .from(table)
            .and_where(Expr::col(owner_column).is_in(wanted.keys().copied()))
            .take();
        let mut gone: BTreeMap<Uuid, Vec<String>> = BTreeMap::new();
        for row in db.query_all(&stored).await? {
            let (owner, word): (Uuid, String) = (row.try_get("", owner_column)?, row.try_get("", "word")?);
            let stays = wanted.get_mut(&owner).is_some_and(|words| words.remove(&word));
            if !stays {
                gone.entry(owner).or_default().push(word);
            }
        }
        let mut changed = 0;
        for (owner, words) in gone {
            changed += words.len();
            let of_it = Expr::col(owner_column).eq(owner).and(Expr::col("word").is_in(words));
            db.execute(&Query::delete().from_table(table).and_where(of_it).take()).await?;
        }
        let new: Vec<(Uuid, String)> = wanted
            .into_iter()
            .flat_map(|(owner, words)| words.into_iter().map(move |word| (owner, word)))
            .collect();
        changed += new.len();
        for some in new.chunks(AT_A_TIME) {
            let mut insert = Query::insert();
            insert.into_table(table).columns([owner_column, "word"]);
            for (owner, word) in some {
                insert.values_panic([Expr::val(*owner), Expr::val(word.as_str())]);
            }
            db.execute(&insert).await?;
        }
        Ok(u64::try_from(changed).unwrap_or(u64::MAX))
    }
}
