//! An authority made for one story, for mail servers whose certificates nobody else knows.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose};
use tempfile::TempDir;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::version::TLS13;
use tokio_rustls::rustls::{self, ClientConfig, RootCertStore, ServerConfig};
use tokio_rustls::{TlsAcceptor, TlsConnector};

/// Who vouches for servers. Its file is there as long as it is.
#[derive(Debug)]
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    folder: TempDir,
}

impl Authority {
    /// An authority like no other.
    pub fn make() -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "Authority of a story");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages.push(KeyUsagePurpose::KeyCertSign);
        let issuer =
            CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("a certificate");
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("ca.pem"), pem("CERTIFICATE", issuer.der())).expect("a file");
        Self { issuer, folder }
    }

    /// The PEM file that makes it known.
    pub fn file(&self) -> String {
        self.folder.path().join("ca.pem").display().to_string()
    }

    /// What a server needs in order to be believed that it is `host`.
    pub fn vouches_for(&self, host: &str) -> TlsAcceptor {
        let (certificate, key) = self.issues(host);
        TlsAcceptor::from(Arc::new(config(certificate, &key).expect("a set-up")))
    }

    /// The same as files in PEM: the certificate's and the key's.
    pub fn files_for(&self, host: &str) -> (String, String) {
        let (certificate, key) = self.issues(host);
        let (own, secret) = (self.folder.path().join("own.pem"), self.folder.path().join("key.pem"));
        std::fs::write(&own, pem("CERTIFICATE", certificate.der())).expect("a file");
        std::fs::write(&secret, pem("PRIVATE KEY", &key.serialize_der())).expect("a file");
        (own.display().to_string(), secret.display().to_string())
    }

    /// What a client needs that believes this authority alone and speaks these protocols.
    pub fn is_believed(&self, protocols: &[&[u8]]) -> TlsConnector {
        let mut roots = RootCertStore::empty();
        roots.add(self.issuer.der().clone()).expect("an authority");
        let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
        TlsConnector::from(Arc::new(config))
    }

    fn issues(&self, host: &str) -> (rcgen::Certificate, KeyPair) {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new([host.to_owned()]).expect("a name");
        params.distinguished_name.push(DnType::CommonName, host);
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        (certificate, key)
    }
}

fn pem(label: &str, bytes: &[u8]) -> String {
    let lines: Vec<String> = STANDARD
        .encode(bytes)
        .as_bytes()
        .chunks(64)
        .map(|line| String::from_utf8_lossy(line).into_owned())
        .collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

fn config(certificate: rcgen::Certificate, key: &KeyPair) -> Result<ServerConfig, rustls::Error> {
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[&TLS13])?
        .with_no_client_auth()
        .with_single_cert(vec![certificate.into()], key)
}
