//! GraphiQL, for whoever builds upon the API: shipped in the binary, made by `server/assets/graphiql/renew`,
//! and asking no other host for anything.
//!
//! It is served where only this machine reaches the server, or where the configuration says so. Its policy
//! lets it load its own files, ask this server, and nothing else.

use std::sync::{Arc, LazyLock};

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use entity::secret;

use super::{Front, etag};

/// A file of GraphiQL.
struct Asset {
    name: &'static str,
    kind: &'static str,
    text: &'static str,
}

const SCRIPT: Asset = Asset {
    name: "graphiql.js",
    kind: "text/javascript; charset=utf-8",
    text: include_str!("../../assets/graphiql/graphiql.js"),
};
const STYLES: Asset = Asset {
    name: "graphiql.css",
    kind: "text/css; charset=utf-8",
    text: include_str!("../../assets/graphiql/graphiql.css"),
};
const LICENSES: Asset = Asset {
    name: "LICENSES.txt",
    kind: "text/plain; charset=utf-8",
    text: include_str!("../../assets/graphiql/LICENSES.txt"),
};

/// All files together, as they were built: by what `version` they are asked for, and by what `tag` a browser
/// knows that it has them.
struct Build {
    version: String,
    tag: HeaderValue,
}

/// Another build of the files has another version, so browsers keep each for good.
static BUILD: LazyLock<Build> = LazyLock::new(|| {
    let all = [SCRIPT.text, STYLES.text, LICENSES.text].concat();
    let mut version = secret::fingerprint(&all);
    version.truncate(16);
    Build { version, tag: etag::of(all) }
});

/// `GET /graphiql`: the page.
pub async fn page(State(front): State<Arc<Front>>) -> Response {
    if !front.graphiql {
        return off();
    }
    let version = BUILD.version.as_str();
    let mut chance = [0; 16];
    front.app.nature.fill(&mut chance);
    let nonce = STANDARD.encode(chance);
    // What the page may do (Content Security Policy, level 3). Its one style that is in no file bears the
    // nonce.
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src data:; connect-src 'self'; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'"
    );
    // Relative, so that it also holds where a proxy serves Lectern under a path.
    let html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>Lectern</title>\
         <link rel=\"icon\" href=\"data:,\"><link rel=\"stylesheet\" href=\"graphiql/{styles}?v={version}\">\
         <script src=\"graphiql/{script}?v={version}\" nonce=\"{nonce}\" defer></script></head>\
         <body><div id=\"graphiql\"><noscript>GraphiQL needs JavaScript.</noscript></div></body></html>",
        styles = STYLES.name,
        script = SCRIPT.name,
    );
    let headers = [
        (header::CONTENT_SECURITY_POLICY, policy.as_str()),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, Html(html)).into_response()
}

/// `GET /graphiql/{file}`: a file that the page loads, or the licenses of what is in them.
pub async fn file(State(front): State<Arc<Front>>, Path(name): Path<String>, headers: HeaderMap) -> Response {
    if !front.graphiql {
        return off();
    }
    let Some(asset) = [SCRIPT, STYLES, LICENSES].into_iter().find(|asset| asset.name == name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let about = [
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    let whole = || ([(header::CONTENT_TYPE, asset.kind)], asset.text).into_response();
    (about, etag::answer(&headers, BUILD.tag.clone(), whole)).into_response()
}

fn off() -> Response {
    (StatusCode::NOT_FOUND, "GraphiQL is switched off here; GRAPHIQL=true switches it on.\n").into_response()
}
