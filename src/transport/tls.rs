//! Which certificates are trusted (design, decision 14).

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tokio_rustls::rustls::client::Resumption;
use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::{ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

/// Whether a server must show a certificate that a public authority signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Trust {
    /// The certificate must lead to one of the public roots and carry the server's name.
    #[default]
    Verify,
    /// Any certificate will do: `verify` is false for the server, or `--insecure` was given.
    Anything,
}

/// What is said in a handshake of the protocol that follows (RFC 7301).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Alpn {
    /// Nothing.
    #[default]
    Unsaid,
    /// That it is HTTP/2.
    Http2,
}

impl Alpn {
    /// The protocols that are offered.
    pub fn offered(self) -> Vec<Vec<u8>> {
        match self {
            Alpn::Unsaid => Vec::new(),
            Alpn::Http2 => vec![b"h2".to_vec()],
        }
    }
}

/// The TLS settings of a process. Sessions are not resumed: users must not share them.
pub fn client_config(trust: Trust, alpn: Alpn) -> Arc<ClientConfig> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider.clone()).with_safe_default_protocol_versions();
    // The default versions always suit this provider; should that ever change, TLS 1.2 and 1.3 are named outright.
    let builder = match builder {
        Ok(builder) => builder,
        Err(_) => ClientConfig::builder(),
    };
    let mut config = match trust {
        Trust::Verify => {
            let roots = RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
            builder.with_root_certificates(roots).with_no_client_auth()
        }
        Trust::Anything => builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(TrustAnything(provider)))
            .with_no_client_auth(),
    };
    config.resumption = Resumption::disabled();
    config.alpn_protocols = alpn.offered();
    Arc::new(config)
}

/// Accepts every certificate, but still checks that the server holds its key.
#[derive(Debug)]
struct TrustAnything(Arc<CryptoProvider>);

impl ServerCertVerifier for TrustAnything {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, signed, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, signed, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
