//! New bodies; to be filled.
