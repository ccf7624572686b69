//! The house: database, server, worker and clock.

use std::path::Path;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request, Response, StatusCode, header};
use entity::nature::{Nature, SharedNature};
use entity::secret::SecretKey;
use futures_util::StreamExt;
use lectern::bell::{Bell, Change};
use lectern::course_file;
use lectern::desk::{Desk, Sign};
use lectern::graphql::document::Documents;
use lectern::graphql::schema;
use lectern::http::kept::Kept;
use lectern::http::origins::Origins;
use lectern::http::{Front, listen::Peer, router};
use lectern::human_check::Effort;
use lectern::limits::client::Bounds;
use lectern::limits::client::Limits as ClientLimits;
use lectern::limits::client::Rates;
use lectern::limits::document::{Limits, Mode};
use lectern::preview::Preview;
use lectern::store::{self, Durability};
use sea_orm::Statement;
use serde_json::{Value, json};
use tokio::sync::Mutex;
use tower::ServiceExt;
use worker::Worker;
use worker::letter::{HouseStyle, Writer};
use worker::post::MemoryPost;
use worker::sweep::Sweeper;

use super::database::{self, Backend, Database};
use super::nature::MovableNature;
use super::payload::{REFUSAL, outcome};
use super::reread::{Reread, reread};
use super::time::at;
use super::{Letter, Person, SAMPLE, SAMPLE_SLUG};

/// The key of all stories.
pub const KEY: &[u8] = b"a key for stories, of 32 bytes..";
/// Where people reach the house.
pub const PUBLIC_URL: &str = "https://courses.example.org";
/// From where the people of the stories call.
const PEER: &str = "127.0.0.1:4000";

/// The statements that are listened to, where somebody listens.
type Heard = Arc<std::sync::Mutex<Option<Vec<Statement>>>>;

/// A whole Lectern in one process.
#[derive(Debug)]
pub struct House {
    /// Which database it stands on.
    pub backend: Backend,
    /// The desk.
    pub desk: Desk,
    /// The worker.
    pub worker: Worker<store::Database>,
    /// The clock.
    pub nature: Arc<MovableNature>,
    heard: Heard,
    database: Database,
    post: MemoryPost,
    router: Router,
    sweeper: Mutex<Sweeper>,
}

impl House {
    /// A house on a fresh database with its clock at `moment`; none where the backend is not to be had.
    pub async fn open(backend: Backend, moment: &str) -> Option<Self> {
        Self::open_with(backend, moment, Durability::ProcessEnd).await
    }

    /// The same on a database of that durability.
    pub async fn open_with(backend: Backend, moment: &str, durability: Durability) -> Option<Self> {
        let database = database::fresh(backend, durability).await?;
        let nature = Arc::new(MovableNature::at(at(moment)));
        Some(Self::over(backend, database, nature))
    }

    fn over(backend: Backend, database: Database, nature: Arc<MovableNature>) -> Self {
        let db = database.db.clone();
        let heard = Heard::default();
        let ear = Arc::clone(&heard);
        db.watch().listen(move |statement| {
            if let Some(heard) = &mut *ear.lock().expect("statements") {
                heard.push(statement.clone());
            }
        });
        let shared: SharedNature = Arc::clone(&nature) as SharedNature;
        let mut desk = Desk::new(db.clone(), Arc::clone(&shared), SecretKey::new(KEY), Bell::default()).signed(sign());
        desk.effort = Effort { rounds: 1, prefix: "0" };
        let post = MemoryPost::default();
        let worker = worker_over(db, shared, Arc::new(post.clone()), "story");
        let router = front_door(&desk, &worker, patient(), Origins::Ours);
        Self { backend, desk, worker, nature, heard, database, post, router, sweeper: Mutex::new(Sweeper::new("stories.example.org")) }
    }

    /// What comes of something, and the SQL statements that are sent while it goes on.
    pub async fn hears<F: Future>(&self, something: F) -> (F::Output, Vec<Statement>) {
        *self.heard.lock().expect("statements") = Some(Vec::new());
        let outcome = something.await;
        (outcome, self.heard.lock().expect("statements").take().unwrap_or_default())
    }

    /// The database.
    pub fn db(&self) -> &store::Database {
        &self.desk.db
    }

    /// SQL statements so far.
    pub fn statements(&self) -> u64 {
        self.desk.db.watch().statements()
    }

    /// The database's address, for a second process.
    pub fn url(&self) -> &str {
        &self.database.url
    }

    /// A second server process on the same database and clock.
    pub async fn second_server(&self) -> Desk {
        let db = database::open(self.url(), 4).await;
        Desk::new(db, Arc::clone(&self.nature) as SharedNature, SecretKey::new(KEY), Bell::default()).signed(sign())
    }

    /// The same house once more, over so many connections and with nothing in mind.
    pub async fn on_connections(&self, connections: u32) -> Self {
        Self::over(self.backend, self.database.again(connections).await, Arc::clone(&self.nature))
    }

    /// A second worker on the same database, clock and post.
    pub async fn second_worker(&self, name: &str) -> Worker<store::Database> {
        let db = database::open(self.url(), 8).await;
        worker_over(db, Arc::clone(&self.nature) as SharedNature, Arc::new(self.post.clone()), name)
    }

    /// From now on the house signs its letters without a postal address.
    pub fn has_no_postal_address(&mut self) {
        self.worker.writer = Arc::new(Writer::new(style(None)).expect("the templates are sound"));
        self.router = front_door(&self.desk, &self.worker, patient(), Origins::Ours);
    }

    /// From now on every answer is made anew.
    pub fn keeps_no_answers(&mut self) {
        let mut front = front(documents(), &self.desk, &self.worker, patient(), true);
        front.kept = Arc::new(Kept::new(0));
        self.router = router(front);
    }

    /// From now on clients may take no more than this.
    pub fn limits_clients(&mut self, limits: ClientLimits) {
        self.router = front_door(&self.desk, &self.worker, limits, Origins::Ours);
    }

    /// From now on pages of these origins may ask, too.
    pub fn lets_in(&mut self, origins: &str) {
        self.router = front_door(&self.desk, &self.worker, patient(), Origins::parse(origins).expect("origins"));
    }

    /// From now on the documents of a folder of manifests are trusted, and others fare as `mode` has it.
    pub fn trusts(&mut self, folder: &Path, mode: Mode) {
        let documents = documents().trusting(folder, mode).unwrap_or_else(|no| panic!("{no}"));
        self.router = front_door_for(documents, &self.desk, &self.worker, patient(), Origins::Ours);
    }

    /// What stands behind a server of this house, at whose addresses clients call themselves.
    pub fn front(&self, limits: ClientLimits) -> Front {
        front(documents(), &self.desk, &self.worker, limits, false)
    }

    /// From now on the worker tells those who follow letters what becomes of them.
    pub fn tells_of_letters(&mut self) {
        let (bell, db) = (self.desk.bell.clone(), self.desk.db.clone());
        self.worker.listener = Arc::new(move |course_id| {
            let (bell, db) = (bell.clone(), db.clone());
            tokio::spawn(async move { bell.changed(&db, Change::Notices(course_id)).await });
        });
    }

    /// The post's memory.
    pub fn post(&self) -> &MemoryPost {
        &self.post
    }

    /// Imports a course file; returns its course's changes.
    pub async fn imports(&self, text: &str) -> Vec<String> {
        let file = course_file::parse(text).unwrap_or_else(|mistakes| panic!("{mistakes:#?}"));
        let imported = course_file::import(&self.desk, &file, "a story").await.unwrap_or_else(|no| panic!("{no}"));
        imported.changes.0.iter().map(ToString::to_string).collect()
    }

    /// Imports the reference course, on its own dates.
    pub async fn has_the_course(&self) {
        self.imports(SAMPLE).await;
    }

    /// Sends a request through the front door; the body of the answer is not read.
    pub async fn response(&self, mut request: Request<Body>) -> Response<Body> {
        request.extensions_mut().insert(ConnectInfo(Peer(PEER.parse().expect("an address"))));
        self.router.clone().oneshot(request).await.expect("an answer")
    }

    /// Gets what is at an address of this house; returns status, headers and body.
    pub async fn gets(&self, url: &str) -> (StatusCode, HeaderMap, String) {
        let path = url.strip_prefix(PUBLIC_URL).unwrap_or_else(|| panic!("{url} is elsewhere"));
        let response = self.response(Request::get(path).body(Body::empty()).expect("a request")).await;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.expect("a body");
        (status, headers, String::from_utf8(body.to_vec()).expect("UTF-8"))
    }

    /// Sends a request through the front door; returns status and body.
    pub async fn http(&self, request: Request<Body>) -> (StatusCode, String) {
        let response = self.response(request).await;
        let status = response.status();
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.expect("a body");
        (status, String::from_utf8_lossy(&body).into_owned())
    }

    /// Sends a GraphQL operation; returns the whole answer. Every answer of every story is held to the schema.
    pub async fn answers(&self, token: Option<&str>, query: &str, variables: Value) -> Value {
        self.answers_from("192.0.2.1", token, query, variables).await
    }

    /// The same, from a network address of its own.
    pub async fn answers_from(&self, client: &str, token: Option<&str>, query: &str, variables: Value) -> Value {
        self.answers_reread(client, token, query, variables).await.0
    }

    /// The same, with what was found when it was read again.
    pub async fn answers_reread(&self, client: &str, token: Option<&str>, query: &str, variables: Value) -> (Value, Reread) {
        let body = json!({ "query": query, "variables": variables }).to_string();
        let mut request = Request::post("/graphql").header(header::CONTENT_TYPE, "application/json").header("x-forwarded-for", client);
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let (_, body) = self.http(request.body(Body::from(body)).expect("a request")).await;
        let found = reread(query, &variables, &body);
        assert!(found.breaches.is_empty(), "the answer breaks the schema's word:\n{}\n{query}\n{body}", found.breaches.join("\n"));
        (serde_json::from_str(&body).unwrap_or_else(|error| panic!("{error}: {body}")), found)
    }

    /// Begins to follow something by server-sent events, and returns the data of the first event.
    pub async fn first_event(&self, token: Option<&str>, query: &str) -> Value {
        let body = json!({ "query": query }).to_string();
        let mut request =
            Request::post("/graphql").header(header::CONTENT_TYPE, "application/json").header(header::ACCEPT, "text/event-stream");
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let mut pieces = self.response(request.body(Body::from(body)).expect("a request")).await.into_body().into_data_stream();
        let mut text = String::new();
        while !text.contains("\n\n") {
            let piece = pieces.next().await.unwrap_or_else(|| panic!("{query}: {text}")).expect("a piece");
            text.push_str(&String::from_utf8_lossy(&piece));
        }
        let data = text.lines().find_map(|line| line.strip_prefix("data:")).unwrap_or_else(|| panic!("{query}: {text}"));
        let found = reread(query, &Value::Null, data);
        assert!(found.breaches.is_empty(), "an event breaks the schema's word:\n{}\n{query}\n{data}", found.breaches.join("\n"));
        let response: Value = serde_json::from_str(data).expect("JSON");
        assert!(response["errors"].is_null(), "{query}\n{response:#}");
        response["data"].clone()
    }

    /// Asks, and expects no errors; returns the data.
    pub async fn asks(&self, token: Option<&str>, query: &str, variables: Value) -> Value {
        let answer = self.answers(token, query, variables).await;
        assert!(answer["errors"].is_null(), "{query}\n{answer:#}");
        answer["data"].clone()
    }

    /// Runs a mutation `name` on `input`, and asks for `selection` of its payload, such as `registration { code }`, beside the refusal;
    /// returns the [`outcome`].
    pub async fn does(&self, token: Option<&str>, name: &str, input: Value, selection: &str) -> Value {
        self.does_from("192.0.2.1", token, name, input, selection).await
    }

    /// The same, from a network address of its own.
    pub async fn does_from(&self, client: &str, token: Option<&str>, name: &str, input: Value, selection: &str) -> Value {
        let mut kind = name.to_owned();
        kind[..1].make_ascii_uppercase();
        let query = format!("mutation($input: {kind}Input!) {{ {name}(input: $input) {{ {selection} {REFUSAL} }} }}");
        let answer = self.answers_from(client, token, &query, json!({ "input": input })).await;
        assert!(answer["errors"].is_null(), "{query}\n{answer:#}");
        outcome(&answer["data"][name])
    }

    /// Signs a person in by the code from the letter.
    pub async fn signs_in(&self, email: &str) -> Person {
        let client = format!("192.0.2.{}", email.bytes().fold(0u8, u8::wrapping_add));
        let request = self.does_from(&client, None, "requestSignInCode", json!({ "email": email }), "signInRequest { id }").await;
        self.works().await;
        let code = self.letters_to(email).last().expect("a letter with a code").code();
        let input = json!({ "requestId": request["id"], "code": code });
        let signed = self.does(None, "signIn", input, "signedIn { token }").await;
        let token = signed["token"].as_str().unwrap_or_else(|| panic!("{signed}")).to_owned();
        Person { email: email.to_owned(), token }
    }

    /// Signs a member of staff in who runs all courses.
    pub async fn staff(&self, email: &str) -> Person {
        self.staff_of(email, None).await
    }

    /// Signs a member of staff in who runs the courses of one organization.
    pub async fn staff_of(&self, email: &str, organization: Option<&str>) -> Person {
        use lectern::action::audit::Actor;
        use lectern::action::grant_role::grant_role;
        let role = entity::staff_role::Role::Staff;
        grant_role(&self.desk, email, role, organization, Actor::Other("a story")).await.unwrap_or_else(|no| panic!("{no}"));
        self.signs_in(email).await
    }

    /// The reference course's id, and its adult track's.
    pub async fn course_and_track(&self) -> (String, String) {
        let data = self
            .asks(None, "query($slug: String!) { course(slug: $slug) { id tracks { id name } } }", json!({ "slug": SAMPLE_SLUG }))
            .await;
        let text = |value: &Value| value.as_str().unwrap_or_else(|| panic!("{data}")).to_owned();
        (text(&data["course"]["id"]), text(&data["course"]["tracks"][0]["id"]))
    }

    /// A top rating for every objective of the course of a registration.
    pub async fn objective_ratings(&self, person: &Person, registration: &Value) -> Value {
        let query = "query($code: String!) { registration(code: $code) { course { learningObjectives { id } } } }";
        let data = person.asks(self, query, json!({ "code": registration["code"] })).await;
        let objectives = data["registration"]["course"]["learningObjectives"].as_array().unwrap_or_else(|| panic!("{data}")).clone();
        objectives.iter().map(|objective| json!({ "objectiveId": objective["id"], "rating": 5 })).collect()
    }

    /// The worker works until nothing is left to do at this moment.
    pub async fn works(&self) {
        let nature: SharedNature = Arc::clone(&self.nature) as SharedNature;
        self.sweeper.lock().await.sweep(&self.desk.db, &nature).await.expect("a sweep");
        self.delivers().await;
    }

    /// The worker delivers what is ready.
    pub async fn delivers(&self) {
        loop {
            let claimed = worker::claim::claim(&self.desk.db, &self.worker.name, 50, self.nature.now()).await.expect("a claim");
            if claimed.is_empty() {
                return;
            }
            for notice in claimed {
                worker::deliver::deliver(&self.worker, notice).await;
            }
        }
    }

    /// Moves the clock at once, as though nobody had been at work meanwhile, and then works.
    pub async fn travels_to(&self, moment: &str) {
        self.nature.move_to(at(moment));
        self.works().await;
    }

    /// Every letter that has left the house, oldest first.
    pub fn letters(&self) -> Vec<Letter> {
        self.post.letters().iter().map(|posted| Letter::read(&posted.envelope.to.as_sent(), &posted.message)).collect()
    }

    /// The letters to one address.
    pub fn letters_to(&self, email: &str) -> Vec<Letter> {
        self.letters().into_iter().filter(|letter| letter.to.eq_ignore_ascii_case(email)).collect()
    }

    /// The subjects of the letters to one address, sign-in codes left out.
    pub fn subjects_to(&self, email: &str) -> Vec<String> {
        self.letters_to(email).into_iter().map(|letter| letter.subject).filter(|subject| !subject.contains("sign-in code")).collect()
    }
}

/// What people reach of the house: its schema shows letters as this worker writes them.
fn front_door<D>(desk: &Desk, worker: &Worker<D>, limits: ClientLimits, origins: Origins) -> Router {
    front_door_for(documents(), desk, worker, limits, origins)
}

fn documents() -> Documents {
    Documents::new(Limits::default()).expect("the schema stands")
}

fn front_door_for<D>(documents: Documents, desk: &Desk, worker: &Worker<D>, limits: ClientLimits, origins: Origins) -> Router {
    router(Front { origins, ..front(documents, desk, worker, limits, true) })
}

fn front<D>(documents: Documents, desk: &Desk, worker: &Worker<D>, limits: ClientLimits, behind_proxy: bool) -> Front {
    let schema = schema::served(Preview::new(Arc::clone(&worker.writer), worker.sender.clone(), worker.news_sender.clone()));
    let front = Front { graphiql: true, ..Front::new(desk.clone(), schema, documents, limits, behind_proxy) };
    front.metrics.watch(Arc::clone(&front.occupancy), Arc::clone(&front.admission), Arc::clone(&front.live));
    front
}

/// What clients may take in stories: as where nothing is said, but for the budgets, which would have to last for a whole story within one moment,
/// and for the time of a query, which would depend on what else this machine does.
fn patient() -> ClientLimits {
    let plenty = 1_000_000_000;
    let usual = ClientLimits::default();
    let query = Bounds { time: Duration::from_secs(3600), ..usual.query };
    ClientLimits { rates: Rates { address: plenty, person: plenty, loopback: false }, query, ..usual }
}

fn sign() -> Sign {
    Sign {
        house: entity::plain::House::parse(PUBLIC_URL).expect("an address"),
        name: "Example Course Office".to_owned(),
        contact: "office@example.org".to_owned(),
    }
}

/// The templates of letters are read once for all houses.
static WRITER: LazyLock<Arc<Writer>> =
    LazyLock::new(|| Arc::new(Writer::new(style(Some("1 Example Street, Boston, MA"))).expect("the templates are sound")));

fn worker_over<D>(db: D, nature: SharedNature, post: Arc<dyn worker::post::Post>, name: &str) -> Worker<D> {
    let writer = Arc::clone(&WRITER);
    let sender = "Example Course Office <office@example.org>".parse().expect("a sender");
    let news_sender = "Example Course News <news@news.example.org>".parse().expect("a sender");
    Worker::new(db, nature, SecretKey::new(KEY), writer, post, sender, name).with_news_sender(news_sender)
}

fn style(postal_address: Option<&str>) -> HouseStyle {
    HouseStyle {
        public_url: PUBLIC_URL.to_owned(),
        house_name: "Example Course Office".to_owned(),
        contact: "office@example.org".to_owned(),
        postal_address: postal_address.map(str::to_owned),
    }
}
