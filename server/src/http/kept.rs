//! Answers in memory: who asks what a stranger has asked before gets the same bytes again, before variables
//! are so much as looked at.
//!
//! Only answers that are everybody's are kept: an anonymous query that asks for nothing but what anybody may
//! see (`graphql/document/public.rs`), has met no error, and whose record says that it read nothing personal
//! ([`crate::provenance`]). One is found by the text of the document, the name of the operation and the
//! variables, all of them compared and none hashed away; the dialect decides about the label alone. It holds
//! as long as
//!
//! - the catalogue is in the edition that it was made from ([`crate::catalogue::Edition`]),
//! - the clock is at or after the latest moment at which it was read, and before the first at which the
//!   answer may be another,
//! - of each course whose seats were counted, as many are taken as then, which is counted again where half a
//!   second has passed, or anything was written here or heard of meanwhile.
//!
//! Of several who ask the same at once, the first has it made, and the others wait for that.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use axum::http::HeaderValue;
use entity::Instant;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use sea_orm::{ConnAcquireErr, DbErr};
use serde_json::{Map, Value as Json};
use tokio::sync::watch;
use uuid::Uuid;

use super::encoded::Encoded;
use super::etag;
use crate::app::AppState;
use crate::catalogue::{Edition, Look, Taken, taken};
use crate::provenance::{Provenance, Reads};
use crate::store::{Shared, is_away};
use crate::viewer::Viewer;

/// How much memory answers may take where nobody says otherwise, in bytes.
pub const DEFAULT_MEMORY: u64 = 16 * 1024 * 1024;
/// What an answer takes with its question, in bytes, roughly; the cache sizes its tables by it.
const USUAL: u64 = 16 * 1024;
/// What an entry takes beside its question and its answer, in bytes, roughly.
const AROUND: usize = 300;
/// The part of the memory that one answer may take at most: a thirty-second.
const PART: u64 = 32;

/// A question, as it is found again: each part with its length before it, so that no two questions read
/// alike.
pub type Question = Arc<[u8]>;

/// An answer that is everybody's.
#[derive(Debug)]
pub struct Answer {
    /// The whole body.
    pub body: Encoded,
    tag: OnceLock<HeaderValue>,
}

impl Answer {
    fn new(body: Vec<u8>) -> Self {
        Self { body: Encoded::new(body.into()), tag: OnceLock::new() }
    }

    /// Its tag, made when it is asked for the first time: who sends POST never does.
    pub fn tag(&self) -> &HeaderValue {
        self.tag.get_or_init(|| etag::of(self.body.plain()))
    }
}

/// Answers that are kept, and those that are being made.
#[derive(Debug)]
pub struct Kept {
    answers: Cache<Question, Arc<Entry>, ByBytes>,
    /// Bytes that one answer may take with its question.
    largest: u64,
    making: Mutex<HashMap<Question, watch::Receiver<bool>>>,
}

#[derive(Debug)]
struct Entry {
    answer: Arc<Answer>,
    edition: Edition,
    from: Option<Instant>,
    until: Option<Instant>,
    seats: Vec<(Uuid, Taken)>,
    /// When the seats were counted last. Whoever counts has it locked.
    counted: Shared<Look>,
}

#[derive(Clone, Copy, Debug)]
struct ByBytes;

impl Weighter<Question, Arc<Entry>> for ByBytes {
    fn weight(&self, question: &Question, entry: &Arc<Entry>) -> u64 {
        size(question, &entry.answer.body)
    }
}

fn size(question: &Question, body: &Encoded) -> u64 {
    u64::try_from(question.len() + body.bytes() + AROUND).unwrap_or(u64::MAX)
}

/// Who makes an answer.
#[derive(Debug)]
pub enum Maker {
    /// Whoever asked.
    Oneself(Making),
    /// Somebody who asked before; this ends when they are done.
    Another(Made),
}

/// The making of an answer. When it is dropped, nobody waits for it any more.
#[derive(Debug)]
pub struct Making {
    kept: Arc<Kept>,
    question: Question,
    /// Those who wait wake up when it goes, or when it says that there is no database to make anything from.
    done: watch::Sender<bool>,
}

/// Somebody else's making of an answer.
#[derive(Debug)]
pub struct Made(watch::Receiver<bool>);

/// An answer that is being made, and what it is made from.
#[derive(Debug)]
pub struct Draft {
    making: Making,
    edition: Edition,
    look: Look,
    provenance: Provenance,
}

/// The question that a request puts: a document, the name of one of its operations, and variables.
pub fn question(document: &str, operation_name: Option<&str>, variables: &Map<String, Json>) -> Question {
    let name = operation_name.unwrap_or_default();
    let mut bytes = Vec::with_capacity(name.len() + document.len() + 64);
    for part in [name, document] {
        bytes.extend_from_slice(&part.len().to_le_bytes());
        bytes.extend_from_slice(part.as_bytes());
    }
    // What came from JSON goes back to it, and memory takes every byte.
    let _ = serde_json::to_writer(&mut bytes, variables);
    bytes.into()
}

impl Kept {
    /// Room for so many bytes of answers with their questions.
    pub fn new(bytes: u64) -> Self {
        let usual = usize::try_from(bytes / USUAL).unwrap_or(usize::MAX).max(1);
        Self {
            answers: Cache::with_weighter(usual, bytes, ByBytes),
            largest: bytes / PART,
            making: Mutex::default(),
        }
    }

    /// Whether there is any room.
    pub fn is_open(&self) -> bool {
        self.largest > 0
    }

    /// How many answers are kept, and how many bytes they take with their questions.
    pub fn size(&self) -> (usize, u64) {
        (self.answers.len(), self.answers.weight())
    }

    /// The answer to a question, where it is kept and still holds.
    ///
    /// # Errors
    /// Where the database does not answer, nobody knows whether it holds, and whoever would make it anew
    /// would wait for the same database.
    pub async fn find(&self, question: &Question, app: &AppState) -> Result<Option<Arc<Answer>>, DbErr> {
        let Some(entry) = self.answers.get(question) else { return Ok(None) };
        if holds(&entry, app).await? {
            return Ok(Some(Arc::clone(&entry.answer)));
        }
        // Unless somebody has put a newer one in its place.
        self.answers.remove_if(question, |kept| Arc::ptr_eq(kept, &entry));
        Ok(None)
    }

    /// Who is to make the answer to a question.
    pub fn maker(self: &Arc<Self>, question: &Question) -> Maker {
        let mut making = self.making();
        match making.get(question) {
            Some(done) => Maker::Another(Made(done.clone())),
            None => {
                let (done, receiver) = watch::channel(false);
                making.insert(Arc::clone(question), receiver);
                Maker::Oneself(Making { kept: Arc::clone(self), question: Arc::clone(question), done })
            }
        }
    }

    fn making(&self) -> MutexGuard<'_, HashMap<Question, watch::Receiver<bool>>> {
        // Nothing in here panics half way through a change.
        self.making.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether an answer still holds.
async fn holds(entry: &Entry, app: &AppState) -> Result<bool, DbErr> {
    let now = app.nature.now();
    let timely = entry.from.is_none_or(|from| from <= now) && entry.until.is_none_or(|until| now < until);
    if !timely || app.catalogue.edition(&app.db).await? != entry.edition {
        return Ok(false);
    }
    if entry.seats.is_empty() {
        return Ok(true);
    }
    let mut counted = entry.counted.take(app.db.wait()).await?;
    if app.catalogue.believes(&app.db, *counted) {
        return Ok(true);
    }
    let look = app.catalogue.look(&app.db);
    let ids: Vec<Uuid> = entry.seats.iter().map(|(id, _)| *id).collect();
    let found = counted.saw(taken(&app.db, &ids, app.nature.now()).await)?;
    *counted = look;
    Ok(entry.seats.iter().all(|(id, before)| found.get(id).copied().unwrap_or_default() == *before))
}

impl Made {
    /// Waits until it is done, or given up.
    ///
    /// # Errors
    /// There is no database to make it from, which whoever waited for it need not find out once more.
    pub async fn done(mut self) -> Result<(), DbErr> {
        match self.0.wait_for(|is_away| *is_away).await {
            Ok(_) => Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout)),
            // It has ended without a word.
            Err(_) => Ok(()),
        }
    }
}

impl Making {
    /// Looks at what there is to make the answer from.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn begin(self, app: &AppState) -> Result<Draft, DbErr> {
        let look = app.catalogue.look(&app.db);
        let edition = app.catalogue.edition(&app.db).await.inspect_err(|error| {
            self.done.send_replace(is_away(error));
        })?;
        Ok(Draft { making: self, edition, look, provenance: Provenance::record(&app.nature) })
    }
}

impl Draft {
    /// The app's state and the viewer through which the answer is made.
    pub fn watch(&self, app: &AppState, viewer: Viewer) -> (AppState, Viewer) {
        self.provenance.watch(app, viewer)
    }

    /// Whether the answer turned out to be everybody's.
    pub fn is_public(&self) -> bool {
        self.provenance.reads().is_some()
    }

    /// Keeps the answer for whoever asks the same, where it is everybody's and not too large; says whether it
    /// did.
    pub fn keep(self, body: Vec<u8>) -> (Arc<Answer>, bool) {
        let Self { making, edition, look, provenance } = self;
        let answer = Arc::new(Answer::new(body));
        let small = size(&making.question, &answer.body) <= making.kept.largest;
        let Some(Reads { from, until, seats }) = provenance.reads().filter(|_| small) else {
            return (answer, false);
        };
        let counted = Shared::new(look);
        let entry = Entry {
            answer: Arc::clone(&answer),
            edition,
            from,
            until,
            seats: seats.into_iter().collect(),
            counted,
        };
        making.kept.answers.insert(Arc::clone(&making.question), Arc::new(entry));
        (answer, true)
    }
}

impl Drop for Making {
    fn drop(&mut self) {
        self.kept.making().remove(&self.question);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn asked(document: &str, name: Option<&str>, variables: Json) -> Question {
        let Json::Object(variables) = variables else { panic!("an object") };
        question(document, name, &variables)
    }

    #[test]
    fn no_two_questions_read_alike() {
        let all = [
            asked("{a}", None, json!({})),
            asked("{a}", None, json!({ "x": 1 })),
            asked("{a}", None, json!({ "x": "1" })),
            asked("{a}", None, json!({ "x": null })),
            asked("{a}", Some("a"), json!({})),
            asked("a{a}", None, json!({})),
            asked("{a}{}", None, json!({})),
            asked("", Some("{a}"), json!({})),
        ];
        for (index, one) in all.iter().enumerate() {
            assert!(all[index + 1..].iter().all(|other| other != one), "{:?}", String::from_utf8_lossy(one));
        }
        let both: Map<String, Json> =
            [("b".to_owned(), json!(1)), ("a".to_owned(), json!(2))].into_iter().collect();
        assert_eq!(asked("{a}", None, Json::Object(both)), asked("{a}", None, json!({ "a": 2, "b": 1 })));
    }

    #[tokio::test]
    async fn the_first_makes_it_and_the_others_wait() {
        let kept = Arc::new(Kept::new(DEFAULT_MEMORY));
        let question = asked("{a}", None, json!({}));
        let Maker::Oneself(making) = kept.maker(&question) else { panic!("nobody else asked") };
        let Maker::Another(made) = kept.maker(&question) else { panic!("it is being made") };
        let waiting = tokio::spawn(made.done());
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        drop(making);
        assert!(waiting.await.expect("the end of it").is_ok());
        assert!(matches!(kept.maker(&question), Maker::Oneself(_)));
    }
}
