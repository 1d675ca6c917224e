//! What a client remembers between operations.

use std::any::Any;

/// A client's memory of its server: its only state at rest, owned by the engine, known by its domain.
pub trait Memory: Any {
    fn as_any_mut(&mut self) -> &mut dyn Any;

    /// Whether the start succeeded, so that profiles have something to work with.
    fn is_started(&self) -> bool;

    /// Forgets the news of the last act; called when every profile has noticed them.
    fn forget_news(&mut self);
}
