//! The secret in the address of a live page.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tokio_rustls::rustls::crypto::ring::default_provider;

/// Bytes of chance in a token: 192 bits, which nobody guesses.
const BYTES: usize = 24;

/// What one must know to see a run, and to end it. It comes from the operating system and never from the seed of the run:
/// whoever knows the seed shall not know it, and the chance of the run is not touched.
#[derive(Clone)]
pub struct Token(String);

/// The operating system gave no chance.
#[derive(Debug, thiserror::Error)]
#[error("the operating system gives no random bytes for the address of the live page")]
pub struct NoChance;

impl Token {
    /// A new one.
    ///
    /// # Errors
    /// Without chance there is no secret.
    pub fn draw() -> Result<Token, NoChance> {
        let mut bytes = [0; BYTES];
        default_provider().secure_random.fill(&mut bytes).map_err(|_| NoChance)?;
        Ok(Token(URL_SAFE_NO_PAD.encode(bytes)))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether somebody knows it. How long that takes says nothing of how much of it was right.
    pub fn is(&self, said: &str) -> bool {
        let (own, said) = (self.0.as_bytes(), said.as_bytes());
        // The length is no secret.
        own.len() == said.len()
            && std::hint::black_box(own.iter().zip(said).fold(0, |differ, (a, b)| differ | (a ^ b))) == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_another_one_and_only_it_fits() {
        let (one, other) = (Token::draw().unwrap(), Token::draw().unwrap());
        assert_eq!(one.as_str().len(), 32);
        assert!(one.is(one.as_str()) && !one.is(other.as_str()));
        let nearly: String = one.as_str().chars().take(31).chain(['!']).collect();
        assert!(!one.is("") && !one.is(&nearly) && !one.is(&one.as_str()[..31]));
        assert!(one.as_str().bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
    }
}
