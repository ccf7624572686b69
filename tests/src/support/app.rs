//! The application: database, server, worker and clock, and how they are put together. What clients reach of
//! it is in `front_door`, and how stories ask it in `asked`.

mod asked;
mod front_door;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use axum::Router;
use entity::nature::{Nature, SharedNature};
use entity::secret::SecretKey;
use lectern::app::{AppState, Office};
use lectern::catalogue::draft;
use lectern::course_file;
use lectern::graphql::document::Documents;
use lectern::graphql::schema::LecternSchema;
use lectern::human_check::Effort;
use lectern::store::{self, Durability};
use lectern::wake::{Change, Wake};
use sea_orm::Statement;
use tokio::sync::{Mutex, OnceCell};
use worker::Worker;
use worker::letter::{Letterhead, Writer};
use worker::post::{MemoryPost, Sender};
use worker::sweep::{Sweeper, Swept};

use super::database::{self, Backend, Database, Template};
use super::nature::MovableNature;
use super::time::at;
use super::{Letter, SAMPLE};

/// The key of all stories.
pub const KEY: &[u8] = b"a key for stories, of 32 bytes..";
/// Where people reach Lectern.
pub const PUBLIC_URL: &str = "https://courses.example.org";

/// The statements that are listened to, where somebody listens.
type Heard = Arc<std::sync::Mutex<Option<Vec<Statement>>>>;

/// For each backend and moment the database into which the course was imported at that moment, and how chance
/// was left.
type Begun = HashMap<(Backend, String), Arc<OnceCell<Option<(Template, MovableNature)>>>>;

static WITH_THE_COURSE: LazyLock<std::sync::Mutex<Begun>> = LazyLock::new(Default::default);

/// A whole Lectern in one process.
pub struct TestApp {
    /// Which database it stands on.
    pub backend: Backend,
    /// The app's state.
    pub state: AppState,
    /// The worker.
    pub worker: Worker<store::Database>,
    /// The clock.
    pub nature: Arc<MovableNature>,
    heard: Heard,
    database: Database,
    post: MemoryPost,
    schema: LecternSchema,
    documents: Arc<Documents>,
    router: Router,
    sweeper: Mutex<Sweeper>,
    looks_twice: bool,
}

impl fmt::Debug for TestApp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The schema does not show itself.
        f.debug_struct("TestApp")
            .field("backend", &self.backend)
            .field("database", &self.database)
            .finish_non_exhaustive()
    }
}

impl TestApp {
    /// An app on a fresh database with its clock at `moment`; none where the backend is not to be had.
    pub async fn open(backend: Backend, moment: &str) -> Option<Self> {
        Self::open_with(backend, moment, Durability::ProcessEnd).await
    }

    /// The same with the reference course, on its own dates. It is imported once for all stories that begin at
    /// this moment; each goes on from there with a copy of the database, and with chance as it was left.
    pub async fn open_with_the_course(backend: Backend, moment: &str) -> Option<Self> {
        let begun = {
            let mut begun = WITH_THE_COURSE.lock().expect("templates");
            Arc::clone(begun.entry((backend, moment.to_owned())).or_default())
        };
        let imported = async || {
            let app = Self::open(backend, moment).await?;
            app.has_the_course().await;
            let nature = app.nature.again();
            Some((app.database.into_template().await, nature))
        };
        let (template, nature) = begun.get_or_init(imported).await.as_ref()?;
        let database = database::copy(template, Durability::ProcessEnd).await;
        Some(Self::over(backend, database, Arc::new(nature.again())))
    }

    /// The same on a database of that durability.
    pub async fn open_with(backend: Backend, moment: &str, durability: Durability) -> Option<Self> {
        let database = database::fresh(backend, durability).await?;
        let nature = Arc::new(MovableNature::at(at(moment)));
        Some(Self::over(backend, database, nature))
    }

    fn over(backend: Backend, database: Database, nature: Arc<MovableNature>) -> Self {
        let heard = Heard::default();
        let ear = Arc::clone(&heard);
        database.db.watch().listen(move |statement| {
            if let Some(heard) = &mut *ear.lock().expect("statements") {
                heard.push(statement.clone());
            }
        });
        Self::with(backend, database, nature, heard)
    }

    fn with(backend: Backend, database: Database, nature: Arc<MovableNature>, heard: Heard) -> Self {
        let db = database.db.clone();
        let shared: SharedNature = Arc::clone(&nature) as SharedNature;
        let mut state = AppState::new(db.clone(), Arc::clone(&shared), SecretKey::new(KEY), Wake::default())
            .of_office(office());
        state.effort = Effort { rounds: 1, prefix: "0" };
        let post = MemoryPost::default();
        let worker = worker_over(db, shared, Arc::new(post.clone()), "story");
        let (schema, documents, router) =
            (front_door::SCHEMA.clone(), Arc::clone(&front_door::DOCUMENTS), front_door::usual(&state));
        let sweeper = Mutex::new(Sweeper::new("stories.example.org"));
        Self {
            backend,
            state,
            worker,
            nature,
            heard,
            database,
            post,
            schema,
            documents,
            router,
            sweeper,
            looks_twice: false,
        }
    }

    /// What comes of something, and the SQL statements that are sent while it goes on.
    pub async fn hears<F: Future>(&self, something: F) -> (F::Output, Vec<Statement>) {
        *self.heard.lock().expect("statements") = Some(Vec::new());
        let outcome = something.await;
        (outcome, self.heard.lock().expect("statements").take().unwrap_or_default())
    }

    /// The database.
    pub fn db(&self) -> &store::Database {
        &self.state.db
    }

    /// SQL statements so far.
    pub fn statements(&self) -> u64 {
        self.state.db.watch().statements()
    }

    /// The database's address, for a second process.
    pub fn url(&self) -> &str {
        &self.database.url
    }

    /// A second server process on the same database and clock.
    pub async fn second_server(&self) -> AppState {
        let db = database::open(self.url(), 4).await;
        AppState::new(db, Arc::clone(&self.nature) as SharedNature, SecretKey::new(KEY), Wake::default())
            .of_office(office())
    }

    /// The same app once more, over the same connections and with nothing in mind.
    pub fn with_nothing_in_mind(&self) -> Self {
        Self::with(self.backend, self.database.as_it_is(), Arc::clone(&self.nature), Arc::clone(&self.heard))
    }

    /// The same app once more, over the same connections and with the same post, under another key.
    pub fn with_key(&self, key: SecretKey) -> Self {
        let mut app = Self::with(
            self.backend,
            self.database.as_it_is(),
            Arc::clone(&self.nature),
            Arc::clone(&self.heard),
        );
        app.post = self.post.clone();
        app.worker = worker_over(
            self.database.db.clone(),
            Arc::clone(&self.nature) as SharedNature,
            Arc::new(self.post.clone()),
            "story",
        );
        app.worker.key = key.clone();
        app.state.key = Arc::new(key);
        app.router = front_door::usual(&app.state);
        app
    }

    /// The same over so many connections, for which nobody waits longer than `wait`.
    pub async fn waiting(&self, connections: u32, wait: Duration) -> Self {
        let limits = store::Limits { wait, statement: None };
        let db = store::open_with(self.url(), connections, limits, Durability::ProcessEnd)
            .await
            .expect("the database opens");
        Self::over(self.backend, self.database.through(db), Arc::clone(&self.nature))
    }

    /// The same app once more, over so many connections and with nothing in mind.
    pub async fn on_connections(&self, connections: u32) -> Self {
        Self::over(self.backend, self.database.again(connections).await, Arc::clone(&self.nature))
    }

    /// A second worker on the same database, clock and post.
    pub async fn second_worker(&self, name: &str) -> Worker<store::Database> {
        let db = database::open(self.url(), 8).await;
        worker_over(db, Arc::clone(&self.nature) as SharedNature, Arc::new(self.post.clone()), name)
    }

    /// From now on the worker tells those who follow letters what becomes of them.
    pub fn tells_of_letters(&mut self) {
        let (wake, db) = (self.state.wake.clone(), self.state.db.clone());
        self.worker.listener = Arc::new(move |course_id| {
            let (wake, db) = (wake.clone(), db.clone());
            tokio::spawn(async move { wake.changed(&db, Change::Notices(course_id)).await });
        });
    }

    /// The post's memory.
    pub fn post(&self) -> &MemoryPost {
        &self.post
    }

    /// Imports a course file; returns its course's changes.
    pub async fn imports(&self, text: &str) -> Vec<String> {
        let file = course_file::parse(text).unwrap_or_else(|mistakes| panic!("{mistakes:#?}"));
        let imported = draft::import(&self.state, &file, "a story").await.unwrap_or_else(|no| panic!("{no}"));
        imported.changes.0.iter().map(ToString::to_string).collect()
    }

    /// Imports the reference course, on its own dates.
    pub async fn has_the_course(&self) {
        self.imports(SAMPLE).await;
    }

    /// Expects that nothing that is stored breaks what must always hold.
    pub async fn is_sound(&self) {
        let findings = lectern::selfcheck::run(self.db(), self.nature.now()).await.expect("findings");
        let broken: Vec<_> = findings.iter().filter(|finding| finding.is_broken()).collect();
        assert!(broken.is_empty(), "{broken:?}");
    }

    /// The worker works until nothing is left to do at this moment.
    pub async fn works(&self) {
        let nature: SharedNature = Arc::clone(&self.nature) as SharedNature;
        self.sweeper.lock().await.sweep(&self.state.db, &nature).await.expect("a sweep");
        if self.looks_twice {
            self.looks_again().await;
        }
        self.delivers().await;
    }

    /// From now on the worker takes a step of its second look whenever it works.
    pub fn looks_twice(&mut self) {
        self.looks_twice = true;
    }

    /// The worker takes a step of its second look, where it is time for one.
    pub async fn looks_again(&self) -> Swept {
        let nature: SharedNature = Arc::clone(&self.nature) as SharedNature;
        self.sweeper.lock().await.looks_again(&self.state.db, &nature).await.expect("a second look")
    }

    /// The worker delivers what is ready.
    pub async fn delivers(&self) {
        loop {
            let claimed = worker::claim::claim(&self.state.db, &self.worker.name, 50, self.nature.now())
                .await
                .expect("a claim");
            if claimed.is_empty() {
                return;
            }
            worker::deliver::deliver_each(&self.worker, claimed).await;
        }
    }

    /// Moves the clock at once, as though nobody had been at work meanwhile, and then works.
    pub async fn travels_to(&self, moment: &str) {
        self.nature.move_to(at(moment));
        self.works().await;
    }

    /// Every letter that has left Lectern, oldest first.
    pub fn letters(&self) -> Vec<Letter> {
        self.letters_where(|_| true)
    }

    /// The letters to one address.
    pub fn letters_to(&self, email: &str) -> Vec<Letter> {
        self.letters_where(|to| to.eq_ignore_ascii_case(email))
    }

    /// The letters to addresses for which something holds; others are not read.
    fn letters_where(&self, holds: impl Fn(&str) -> bool) -> Vec<Letter> {
        let posted =
            self.post.letters().into_iter().map(|posted| (posted.envelope.to.as_sent(), posted.message));
        posted.filter(|(to, _)| holds(to)).map(|(to, message)| Letter::read(&to, &message)).collect()
    }

    /// The subjects of the letters to one address, sign-in codes left out.
    pub fn subjects_to(&self, email: &str) -> Vec<String> {
        self.letters_to(email)
            .into_iter()
            .map(|letter| letter.subject)
            .filter(|subject| !subject.contains("sign-in code"))
            .collect()
    }
}

fn office() -> Office {
    Office {
        public_url: entity::plain::PublicUrl::parse(PUBLIC_URL).expect("an address"),
        name: "Example Course Office".to_owned(),
        contact: "office@example.org".to_owned(),
    }
}

/// The templates of letters are read once for all houses.
static WRITER: LazyLock<Arc<Writer>> = LazyLock::new(|| {
    Arc::new(Writer::new(style(Some("1 Example Street, Boston, MA"))).expect("the templates are sound"))
});

fn sender() -> Sender {
    "Example Course Office <office@example.org>".parse().expect("a sender")
}

fn news_sender() -> Sender {
    "Example Course News <news@news.example.org>".parse().expect("a sender")
}

fn worker_over<D>(db: D, nature: SharedNature, post: Arc<dyn worker::post::Post>, name: &str) -> Worker<D> {
    Worker::new(db, nature, SecretKey::new(KEY), Arc::clone(&WRITER), post, sender(), name)
        .with_news_sender(news_sender())
}

fn style(postal_address: Option<&str>) -> Letterhead {
    Letterhead {
        public_url: PUBLIC_URL.to_owned(),
        office_name: "Example Course Office".to_owned(),
        contact: "office@example.org".to_owned(),
        postal_address: postal_address.map(str::to_owned),
    }
}
