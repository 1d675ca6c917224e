//! The sequences of requests, compared with the recordings.
