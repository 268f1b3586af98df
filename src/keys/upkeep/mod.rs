//! Keeping stores and list together: moving secrets between stores, and finding what is in one and not in
//! the other.

mod doctor;
mod relocate;
mod rules;

pub use doctor::{Defect, Diagnosis, Mended};
