//! Speaking TLS ourselves, for those who have no proxy in front.

use std::path::Path;
use std::sync::Arc;

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{self, ServerConfig};

/// What we speak within TLS, the better first (RFC 7301).
const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// A certificate with which TLS cannot be spoken.
#[derive(Debug, thiserror::Error)]
pub enum CannotSpeak {
    /// A file is not there, or holds something else: the setting, the file, and what is wrong.
    #[error("{0} names {1}, which does not do: {2}")]
    File(&'static str, String, pem::Error),
    /// The file of the certificate holds none.
    #[error("TLS_CERTIFICATE names {0}, which holds no certificate")]
    Empty(String),
    /// The two do not go together.
    #[error("TLS_CERTIFICATE and TLS_KEY do not do together: {0}")]
    Tls(#[from] rustls::Error),
}

/// Reads a certificate, with those that vouch for it, and its key, all in PEM.
///
/// # Errors
/// The files do not hold that.
pub fn acceptor(certificate: &Path, key: &Path) -> Result<TlsAcceptor, CannotSpeak> {
    let broken = |setting, path: &Path| {
        let name = path.display().to_string();
        move |error| CannotSpeak::File(setting, name, error)
    };
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect)
        .map_err(broken("TLS_CERTIFICATE", certificate))?;
    if chain.is_empty() {
        return Err(CannotSpeak::Empty(certificate.display().to_string()));
    }
    let key = PrivateKeyDer::from_pem_file(key).map_err(broken("TLS_KEY", key))?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = PROTOCOLS.iter().map(|name| name.to_vec()).collect();
    Ok(TlsAcceptor::from(Arc::new(config)))
}
