//! The built server while its database is away: it says so at once, and serves again when the database is
//! back.

use std::time::Duration;

use entity::mailing::Topic;
use entity::secret::{Addressee, SecretKey, Unsubscribe};
use reqwest::{Client, Response, StatusCode};
use serde_json::{Value, json};

use super::KEY;
use crate::support::process::{Running, free_port, wait_until};
use crate::support::proxy::Proxy;
use crate::support::{Backend, SAMPLE_SLUG, database};

/// Longer than anybody should wait for a no, and shorter than it once took, on a machine that is busy.
const A_NO: Duration = Duration::from_secs(5);

/// A server over PostgreSQL, with a proxy between them; none where there is no PostgreSQL of our own.
struct Served {
    _server: Running,
    http: Client,
    url: String,
    proxy: Proxy,
    _direct: database::Database,
    _folder: tempfile::TempDir,
}

impl Served {
    /// Sooner than where nothing is said, so that nobody waits for the test.
    async fn start() -> Option<Self> {
        Self::start_with(&[("DATABASE_STATEMENT_MS", "1000")]).await
    }

    async fn start_with(more: &[(&'static str, &str)]) -> Option<Self> {
        let direct = database::empty(Backend::Postgres).await?;
        let proxy = Proxy::before(&direct.url).await?;
        let folder = tempfile::tempdir().expect("a folder");
        let (listen, mail) =
            (format!("127.0.0.1:{}", free_port()), format!("file:{}", folder.path().display()));
        let settings = |url: &str| {
            [
                ("DATABASE_URL", url.to_owned()),
                ("LISTEN", listen.clone()),
                ("SECRET_KEY", KEY.to_owned()),
                ("MAIL_URL", mail.clone()),
                ("MAIL_FROM", "Example Course Office <office@example.org>".to_owned()),
            ]
        };
        let (near, far) = (settings(&direct.url), settings(&proxy.url));
        let near: Vec<_> = near.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let far: Vec<_> =
            far.iter().map(|(name, value)| (*name, value.as_str())).chain(more.iter().copied()).collect();
        crate::support::process::says(&near, &["migrate"]);
        let file = folder.path().join("course.toml");
        std::fs::write(&file, super::course_text(SAMPLE_SLUG, 0)).expect("a file");
        crate::support::process::says(&near, &["import", &file.display().to_string()]);
        let server = Running::start(&far, &["serve", "--no-worker"]);
        let served = Self {
            _server: server,
            http: Client::new(),
            url: format!("http://{listen}"),
            proxy,
            _direct: direct,
            _folder: folder,
        };
        served.is_ready(60).await;
        Some(served)
    }

    async fn is_ready(&self, seconds: u64) {
        wait_until("the server to be ready", seconds, async || {
            let asked = self.http.get(format!("{}/readyz", self.url)).send().await;
            asked.ok().filter(|answer| answer.status().is_success())
        })
        .await;
    }

    /// A no that comes at once.
    async fn no(
        &self,
        asked: impl Future<Output = reqwest::Result<Response>>,
    ) -> (StatusCode, Option<String>, String) {
        let answer = tokio::time::timeout(A_NO, asked).await.expect("an answer, at once").expect("an answer");
        let retry =
            answer.headers().get("retry-after").map(|seconds| seconds.to_str().expect("text").to_owned());
        (answer.status(), retry, answer.text().await.expect("a body"))
    }

    async fn asks(&self, query: &str) -> reqwest::Result<Response> {
        self.http.post(format!("{}/graphql", self.url)).json(&json!({ "query": query })).send().await
    }

    /// While the database is away: what needs it is refused, what does not is answered.
    async fn is_away(&self) {
        let (status, retry, body) = self.no(self.http.get(format!("{}/readyz", self.url)).send()).await;
        assert_eq!(
            (status, body.as_str()),
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n")
        );
        assert!(retry.is_some());
        let act =
            "mutation { requestSignInCode(input: { email: \"ada@example.org\" }) { signInRequest { id } } }";
        for query in ["{ courses { totalCount nodes { title } } }", act] {
            let (status, retry, body) = self.no(self.asks(query)).await;
            let answer: Value = serde_json::from_str(&body).unwrap_or_else(|error| panic!("{error}: {body}"));
            assert_eq!((status, retry.is_some()), (StatusCode::SERVICE_UNAVAILABLE, true), "{query}: {body}");
            assert_eq!(
                (&answer["errors"][0]["extensions"]["code"], answer.get("data")),
                (&json!("UNAVAILABLE"), None),
                "{body}"
            );
            assert!(!body.contains("sqlx") && !body.contains("onnect"), "nothing of the driver: {body}");
        }
        let (status, _, _) =
            self.no(self.http.get(format!("{}/calendar/courses/{SAMPLE_SLUG}.ics", self.url)).send()).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        // Mail programs try again to stop letters.
        let token = SecretKey::new(KEY).unsubscribe_token(Unsubscribe {
            who: Addressee::Learner(uuid::Uuid::from_u128(7)),
            topic: Topic::Reminders,
        });
        let (status, retry, _) =
            self.no(self.http.get(format!("{}/unsubscribe/{token}", self.url)).send()).await;
        assert_eq!((status, retry.is_some()), (StatusCode::SERVICE_UNAVAILABLE, true));
        let (status, _, body) = self.no(self.asks("{ __typename }")).await;
        assert_eq!((status, body.as_str()), (StatusCode::OK, "{\"data\":{\"__typename\":\"Query\"}}"));
        let (status, _, _) = self.no(self.http.get(format!("{}/healthz", self.url)).send()).await;
        assert_eq!(status, StatusCode::OK);
    }

    /// Many who ask at the same time, for the same and each for something else, hear of it as soon as one
    /// does: their waits do not add up.
    async fn is_away_for_many(&self, round: u32) {
        let queries = (0..100).map(|number| match number {
            0..50 => format!("{{ courses {{ totalCount a{round}: __typename }} }}"),
            _ => format!("{{ courses {{ totalCount a{round}b{number}: __typename }} }}"),
        });
        let asked = queries.map(async |query| self.no(self.asks(&query)).await);
        for (status, retry, body) in futures_util::future::join_all(asked).await {
            let answer: Value = serde_json::from_str(&body).unwrap_or_else(|error| panic!("{error}: {body}"));
            assert_eq!((status, retry.is_some()), (StatusCode::SERVICE_UNAVAILABLE, true), "{body}");
            assert_eq!(answer["errors"][0]["extensions"]["code"], "UNAVAILABLE", "{body}");
        }
    }

    async fn is_back(&self) {
        self.is_ready(60).await;
        let answer: Value =
            self.asks("{ courses { totalCount } }").await.expect("an answer").json().await.expect("JSON");
        assert_eq!(answer, json!({ "data": { "courses": { "totalCount": 1 } } }));
    }
}

/// Nobody answers at the database's address any more, and all connections have ended.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_down_is_told_at_once() {
    let Some(mut served) = Served::start().await else { return };
    served.proxy.goes_away().await;
    served.is_away().await;
    served.is_away_for_many(1).await;
    served.proxy.comes_back().await;
    served.is_back().await;
}

/// Nobody answers, on connections that there are and on new ones, and nobody has closed any.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_has_gone_silent_is_told_at_once() {
    let Some(served) = Served::start().await else { return };
    served.proxy.be_silent(true);
    served.is_away().await;
    served.is_away_for_many(2).await;
    served.proxy.hang_up().await;
    served.proxy.be_silent(false);
    served.is_back().await;
}

/// Where a statement may take a minute, and a query a second, whoever reads from a database that says nothing
/// waits no longer than a query may take: a token is looked up, an answer in memory is asked about, a
/// calendar is read.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_reads_waits_no_longer_than_a_query_may_take() {
    let Some(served) =
        Served::start_with(&[("DATABASE_STATEMENT_MS", "60000"), ("QUERY_SECONDS", "1")]).await
    else {
        return;
    };
    let query = "{ courses { totalCount } }";
    assert_eq!(served.asks(query).await.expect("an answer").status(), StatusCode::OK);
    served.proxy.be_silent(true);
    // For half a second an answer in memory is believed without a question.
    wait_until("the answer in memory to be doubted", 20, async || {
        let asked = served.asks(query).await.expect("an answer");
        (asked.status() == StatusCode::SERVICE_UNAVAILABLE).then_some(())
    })
    .await;
    let graphql = || served.http.post(format!("{}/graphql", served.url));
    let token = format!("lct_{}", "x".repeat(43));
    for asked in [
        graphql().json(&json!({ "query": query })),
        graphql().json(&json!({ "query": query })).bearer_auth(token),
        graphql().json(&json!({ "query": "{ faculty { totalCount } }" })),
        served.http.get(format!("{}/calendar/courses/{SAMPLE_SLUG}.ics", served.url)),
    ] {
        let (status, retry, body) = served.no(asked.send()).await;
        assert_eq!((status, retry.is_some()), (StatusCode::SERVICE_UNAVAILABLE, true), "{body}");
    }
}

/// Every connection of the pool is half open, as after a cable was cut; the database is well. Whoever has one
/// is told, and it is given up.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_are_half_open_are_found() {
    let Some(served) = Served::start().await else { return };
    let many: Vec<_> = (0..8)
        .map(|place| format!("{{ courses(filter: {{ text: \"core {place}\" }}) {{ totalCount }} }}"))
        .collect();
    let asked = futures_util::future::join_all(many.iter().map(|query| served.asks(query))).await;
    assert!(asked.iter().all(Result::is_ok), "{asked:?}");
    served.proxy.cut();
    // Not one of those that are still in memory.
    let asked =
        served.asks("{ courses(filter: { text: \"core\" }) { totalCount } }").await.expect("an answer");
    assert_eq!(
        asked.status(),
        StatusCode::SERVICE_UNAVAILABLE,
        "the first one to meet such a connection learns of it"
    );
    wait_until("everybody to be served", 60, async || {
        let asked = futures_util::future::join_all(many.iter().map(|query| served.asks(query))).await;
        asked.into_iter().all(|answer| answer.is_ok_and(|answer| answer.status().is_success())).then_some(())
    })
    .await;
}
