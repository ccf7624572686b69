//! The front door: what clients reach of the app, and what they may take of it.

use std::path::Path;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use axum::Router;
use entity::return_path::ReturnPath;
use entity::secret::token_hash;
use lectern::app::AppState;
use lectern::graphql::document::Documents;
use lectern::graphql::schema::{self, LecternSchema};
use lectern::http::kept::Kept;
use lectern::http::operators::Operators;
use lectern::http::origins::Origins;
use lectern::http::{Front, router};
use lectern::limits::client::{Bounds, Limits as ClientLimits, Rates};
use lectern::limits::document::{Limits, Mode};
use lectern::preview::Preview;
use lectern::store::Clock;
use worker::letter::Writer;

use super::{TestApp, WRITER, news_sender, sender, style};

/// The schema is made once for all houses, whose workers write letters alike.
pub(super) static SCHEMA: LazyLock<LecternSchema> = LazyLock::new(|| showing_letters_by(&WRITER));
/// A document is read once for all apps: what is kept of it holds nothing of one.
pub(super) static DOCUMENTS: LazyLock<Arc<Documents>> = LazyLock::new(|| Arc::new(no_documents()));

impl TestApp {
    /// From now on the app signs its letters without a postal address.
    pub fn has_no_postal_address(&mut self) {
        self.worker.writer = Arc::new(Writer::new(style(None)).expect("the templates are sound"));
        self.schema = showing_letters_by(&self.worker.writer);
        self.limits_clients(patient());
    }

    /// From now on every answer is made anew.
    pub fn keeps_no_answers(&mut self) {
        self.router = router(Front { kept: Arc::new(Kept::new(0)), ..self.behind_proxy(patient()) });
    }

    /// From now on no page of a course is kept in memory.
    pub fn keeps_no_pages(&mut self) {
        self.state = self.state.clone().with_memory(0);
        self.router = usual(&self.state);
    }

    /// From now on the letters in a folder are shown.
    pub fn shows_letters(&mut self, folder: &Path) {
        self.router = router(Front { mailbox: Some(folder.to_owned()), ..self.behind_proxy(patient()) });
    }

    /// From now on the server goes by the database's clock.
    pub fn goes_by(&mut self, clock: Arc<Clock>) {
        let mut front = self.behind_proxy(patient());
        front.operators = front.operators.map(|operators| Operators { clock: Some(clock), ..operators });
        self.router = router(front);
    }

    /// From now on letters come back to addresses of their own, and a mail service hands in what does with this
    /// key.
    pub fn takes_what_comes_back(&mut self, key: &str) {
        let return_path = ReturnPath::parse("bounces@example.org").expect("an address");
        self.state = self.state.clone().returning_to(Some(return_path.clone()));
        self.worker.return_path = Some(return_path);
        let bounce_key_hash = Some(token_hash(key));
        self.router = router(Front { bounce_key_hash, ..self.behind_proxy(patient()) });
    }

    /// From now on clients may take no more than this.
    pub fn limits_clients(&mut self, limits: ClientLimits) {
        self.router = router(self.behind_proxy(limits));
    }

    /// From now on pages of these origins may ask, too.
    pub fn lets_in(&mut self, origins: &str) {
        let origins = Origins::parse(origins).expect("origins");
        self.router = router(Front { origins, ..self.behind_proxy(patient()) });
    }

    /// No document has been read in this app, so none is known by its hash.
    pub fn knows_no_document(&mut self) {
        self.documents = Arc::new(no_documents());
        self.limits_clients(patient());
    }

    /// From now on the documents of a folder of manifests are trusted, and others fare as `mode` has it.
    pub fn trusts(&mut self, folder: &Path, mode: Mode) {
        self.documents = Arc::new(no_documents().trusting(folder, mode).unwrap_or_else(|no| panic!("{no}")));
        self.limits_clients(patient());
    }

    /// What stands behind a server of this app, at whose addresses clients call themselves.
    pub fn front(&self, limits: ClientLimits) -> Front {
        front(&self.state, &self.schema, &self.documents, limits, false)
    }

    fn behind_proxy(&self, limits: ClientLimits) -> Front {
        front(&self.state, &self.schema, &self.documents, limits, true)
    }
}

fn showing_letters_by(writer: &Arc<Writer>) -> LecternSchema {
    schema::served(Preview::new(Arc::clone(writer), sender(), news_sender()))
}

fn no_documents() -> Documents {
    Documents::new(Limits::default()).expect("the schema stands")
}

/// The front door of an app in which nothing has been changed.
pub(super) fn usual(state: &AppState) -> Router {
    router(front(state, &SCHEMA, &DOCUMENTS, patient(), true))
}

fn front(
    state: &AppState,
    schema: &LecternSchema,
    documents: &Arc<Documents>,
    limits: ClientLimits,
    behind_proxy: bool,
) -> Front {
    let front = Front::new(state.clone(), schema.clone(), no_documents(), limits, behind_proxy);
    front.metrics.watch(Arc::clone(&front.occupancy), Arc::clone(&front.admission), Arc::clone(&front.live));
    Front { documents: Arc::clone(documents), graphiql: true, ..front }
}

/// What clients may take in stories: as where nothing is said, but for the budgets, which would have to last
/// for a whole story within one moment, and for the time of a query, which would depend on what else this
/// machine does.
fn patient() -> ClientLimits {
    let plenty = 1_000_000_000;
    let usual = ClientLimits::default();
    let query = Bounds { time: Duration::from_secs(3600), ..usual.query };
    ClientLimits { rates: Rates { address: plenty, person: plenty, loopback: false }, query, ..usual }
}
