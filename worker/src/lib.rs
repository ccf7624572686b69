//! What Lectern says unasked: letters.
//!
//! Two things happen here, over and over. The [`sweep`] goes from the facts to the letters that are due and
//! enters them as notices; [`mod@deliver`] takes one notice after another and sees its letter to a mail
//! server. Both can stop at any point and be done again. The notice table is the queue; a job library runs
//! the workers over it ([`mod@queue`], the only room that names it). How letters leave Lectern is the
//! [`post`]'s matter, the only room that names lettre. Nothing here answers a request.

pub mod calendar;
pub mod claim;
pub mod deliver;
pub mod facts;
pub mod health;
pub mod letter;
pub mod post;
pub mod queue;
pub mod restored;
pub mod route;
pub mod survey;
pub mod sweep;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use entity::nature::SharedNature;
use entity::return_path::ReturnPath;
use entity::secret::SecretKey;
use sea_orm::{ConnectionTrait, DbErr};
use uuid::Uuid;

pub use health::{Counts, Health, Way};
pub use queue::{Stopped, run};

/// A database as the worker wants it: cheap to clone, and every statement comes to an end, whether or not
/// anybody at the other end still answers. The worker needs no transactions that write: each thing it writes
/// is one statement.
pub trait Store: ConnectionTrait + Clone + fmt::Debug + Send + Sync + 'static {
    /// The same database as it is at one moment: what is read through it is all of one snapshot, which the
    /// first statement opens and the drop of the last clone ends. A statement that writes counts by itself,
    /// and ends the snapshot, too.
    #[must_use]
    fn at_one_moment(&self) -> Self;

    /// Whether this release may still write: no newer one has changed the schema, whose rules this one does
    /// not know.
    fn may_write(&self) -> impl Future<Output = Result<bool, DbErr>> + Send;

    /// The same, and no letters are held ([`entity::home`]).
    fn may_send(&self) -> impl Future<Output = Result<bool, DbErr>> + Send;
}

/// Whether `db` may be written to; that it may not is told when it is found out, and not again and again.
async fn may_write(db: &impl Store) -> Result<bool, DbErr> {
    static TOLD: AtomicBool = AtomicBool::new(false);
    let may = db.may_write().await?;
    if !may && !TOLD.swap(true, Ordering::Relaxed) {
        tracing::warn!(
            "a newer release has changed the database's schema: this worker sends nothing any more, and can be stopped"
        );
    }
    Ok(may)
}

/// Hears that notices of a course have changed, or of some courses where none is named. It must not wait.
pub type Listener = Arc<dyn Fn(Option<Uuid>) + Send + Sync>;

/// Everything that is wanted to write and send letters. Cheap to clone.
#[derive(Clone)]
pub struct Worker<D> {
    /// The database.
    pub db: D,
    /// Time and chance.
    pub nature: SharedNature,
    /// What sign-in codes are derived from.
    pub key: SecretKey,
    /// Who writes the letters.
    pub writer: Arc<letter::Writer>,
    /// How they leave Lectern.
    pub post: Arc<dyn post::Post>,
    /// Who they are from.
    pub sender: post::Sender,
    /// Who those are from that invite people to buy: letters about deadlines to people who have not
    /// registered.
    pub news_sender: post::Sender,
    /// Where letters come back to, if that is somewhere of its own; else to their sender.
    pub return_path: Option<ReturnPath>,
    /// The worker's name in the ledger, unique among all workers at the same database.
    pub name: String,
    /// Whether letters may leave; shared by the clones.
    pub route: Arc<route::Route>,
    /// What letters say of courses, kept between letters; shared by the clones.
    pub kept: Arc<facts::Kept>,
    /// Letters whose outcome the ledger does not know yet; shared by the clones.
    pub unrecorded: Arc<deliver::Unrecorded>,
    /// Who hears of changes in the ledger.
    pub listener: Listener,
    /// How many letters are in hand at a time, 1 or more.
    pub hands: u32,
    /// How long a letter keeps its hand; one that takes longer goes on without it.
    pub patience: Duration,
}

/// How many letters are in hand at a time, where nothing else is said.
pub const HANDS: u32 = 32;
/// How long a letter keeps its hand, where nothing else is said.
const PATIENCE: Duration = Duration::from_secs(5);

impl<D> Worker<D> {
    /// A worker whose route is open, and whose letters are all from one sender.
    pub fn new(
        db: D,
        nature: SharedNature,
        key: SecretKey,
        writer: Arc<letter::Writer>,
        post: Arc<dyn post::Post>,
        sender: post::Sender,
        name: impl Into<String>,
    ) -> Self {
        let news_sender = sender.clone();
        Self {
            db,
            nature,
            key,
            writer,
            post,
            sender,
            news_sender,
            return_path: None,
            name: name.into(),
            route: Arc::default(),
            kept: Arc::default(),
            unrecorded: Arc::default(),
            listener: Arc::new(|_| ()),
            hands: HANDS,
            patience: PATIENCE,
        }
    }

    /// How many letters to one domain may be under way that do not come to their end: a quarter of the hands.
    fn share(&self) -> usize {
        usize::try_from(self.hands / 4).unwrap_or(1).max(1)
    }

    /// The same worker, with another sender for the letters that invite people to buy.
    pub fn with_news_sender(self, news_sender: post::Sender) -> Self {
        Self { news_sender, ..self }
    }

    /// The same worker, whose letters come back to addresses of their own.
    pub fn with_return_path(self, return_path: Option<ReturnPath>) -> Self {
        Self { return_path, ..self }
    }

    /// The same worker, with so many letters in hand at a time.
    pub fn with_hands(self, hands: u32) -> Self {
        Self { hands: hands.max(1), ..self }
    }

    /// The same worker, which tells somebody of changes in the ledger.
    pub fn with_listener(self, listener: Listener) -> Self {
        Self { listener, ..self }
    }
}

impl<D> fmt::Debug for Worker<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker").field("name", &self.name).field("post", &self.post).finish_non_exhaustive()
    }
}
