//! How long a step may take. Long limits cost nothing while things pass.

use std::env;
use std::thread;
use std::time::{Duration, Instant};

/// One step: a line shown, a message received, a connection closed.
pub fn step() -> Duration {
    seconds(5.0)
}

/// From the start of a process to its first connection or reply.
pub fn start() -> Duration {
    seconds(10.0)
}

/// `seconds`, longer on slow machines by the factor in `TEST_TIMEOUT_FACTOR`.
///
/// # Panics
/// If the variable holds anything but a positive number.
pub fn seconds(seconds: f64) -> Duration {
    let factor = match env::var("TEST_TIMEOUT_FACTOR") {
        Ok(text) => text.parse().unwrap_or(f64::NAN),
        Err(_) => 1.0,
    };
    assert!(
        factor > 0.0 && factor < 1e6,
        "TEST_TIMEOUT_FACTOR is not a positive number"
    );
    Duration::from_secs_f64(seconds * factor)
}

/// Calls `attempt` until it returns something or `limit` has passed.
pub fn poll<T>(limit: Duration, mut attempt: impl FnMut() -> Option<T>) -> Option<T> {
    let end = Instant::now() + limit;
    let mut pause = Duration::from_millis(1);
    loop {
        let found = attempt();
        if found.is_some() || Instant::now() >= end {
            return found;
        }
        thread::sleep(pause);
        pause = (pause * 5 / 4).min(Duration::from_millis(20));
    }
}
