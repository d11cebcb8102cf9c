#![doc = include_str!("README.md")]

pub mod assistant;
pub mod base;
pub mod casework;
pub mod config;
pub mod knowledge;
pub mod retrieval;
pub mod store;
pub mod voice;
