//! The application of the stories: a database, a server, a worker, a post that keeps letters, and a clock
//! that is moved by hand.

pub mod administrator;
pub mod answer;
pub mod app;
pub mod authority;
pub mod browser;
pub mod cluster;
pub mod crowd;
pub mod database;
pub mod fact;
pub mod follower;
pub mod judge;
pub mod letter;
pub mod life;
pub mod nature;
pub mod openmetrics;
pub mod ordered;
pub mod overheard;
pub mod payload;
pub mod person;
pub mod plan;
pub mod process;
pub mod proof;
pub mod proxy;
pub mod request;
pub mod reread;
pub mod returned;
pub mod scribe;
pub mod smtp;
pub mod time;

pub use answer::Answer;
pub use app::TestApp;
pub use authority::Authority;
pub use database::Backend;
pub use letter::Letter;
pub use person::Person;

/// A text of a draft: one that can be stored.
pub fn said<T: std::str::FromStr<Err = String>>(text: impl AsRef<str>) -> T {
    text.as_ref().parse().unwrap_or_else(|no| panic!("{:?}: {no}", text.as_ref()))
}

/// The reference course, as the repository ships it.
pub const SAMPLE: &str = include_str!("../../server/sample/core-practice-of-palliative-care.toml");
/// Its slug.
pub const SAMPLE_SLUG: &str = "core-practice-of-palliative-care";

/// Lives through a story, on threads with as much stack as those of the binary have: without optimization
/// resolvers take a lot of it.
///
/// # Panics
/// Where the story does.
#[cfg(test)]
pub(crate) fn lives(story: impl Future<Output = ()>) {
    const STACK: usize = 16 * 1024 * 1024;
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    runtime
        .worker_threads(2)
        .enable_all()
        .thread_stack_size(STACK)
        .build()
        .expect("a runtime")
        .block_on(story);
}

/// Declares stories: each runs on SQLite and on PostgreSQL, in an app of its own whose clock stands at the
/// moment given, and begins with the reference course where it says `with the course`.
#[cfg(test)]
macro_rules! stories {
    (@open $backend:ident $at:expr) => { $crate::support::TestApp::open($backend, $at) };
    (@open $backend:ident $at:expr, course) => { $crate::support::TestApp::open_with_the_course($backend, $at) };
    ($($(#[doc = $doc:literal])* async fn $name:ident($app:ident $(with the $course:ident)? at $at:expr) $body:block)+) => {
        $(mod $name {
            #[allow(unused_imports)]
            use super::*;

            $(#[doc = $doc])*
            async fn story($app: $crate::support::TestApp) $body

            async fn on(backend: $crate::support::Backend) {
                if let Some(app) = $crate::support::stories!(@open backend $at $(, $course)?).await {
                    story(app).await;
                }
            }

            #[test]
            fn on_sqlite() {
                $crate::support::lives(on($crate::support::Backend::Sqlite));
            }

            #[test]
            fn on_postgres() {
                $crate::support::lives(on($crate::support::Backend::Postgres));
            }
        })+
    };
}
#[cfg(test)]
pub(crate) use stories;
