//! Tests of the HTTP client against real servers, by what is tested.

mod any;
mod auth;
mod broken;
mod connections;
mod end;
mod limits;
mod network;
