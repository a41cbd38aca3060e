//! How long a step may take. Long limits cost nothing while things pass.

use std::time::{Duration, Instant};
use std::{cell::Cell, env, thread};

/// One step: a line shown, a message received, a connection closed.
pub fn step() -> Duration {
    seconds(5.0)
}

/// From the start of a process to its first connection or reply.
pub fn start() -> Duration {
    seconds(10.0)
}

/// `seconds`, longer by the [`factor`] and by what [`scale`] says.
///
/// # Panics
/// If `TEST_TIMEOUT_FACTOR` is no factor.
pub fn seconds(seconds: f64) -> Duration {
    let factor = factor().unwrap_or_else(|problem| panic!("{problem}"));
    Duration::from_secs_f64(seconds * factor * SCALE.get())
}

thread_local! {
    static SCALE: Cell<f64> = const { Cell::new(1.0) };
}

/// From now on, all limits of this thread are `factor` times as long.
pub fn scale(factor: f64) {
    SCALE.set(factor);
}

/// What `TEST_TIMEOUT_FACTOR` says; 1 where it says nothing.
pub fn factor() -> Result<f64, String> {
    let Some(text) = env::var_os("TEST_TIMEOUT_FACTOR") else { return Ok(1.0) };
    let factor = text.to_str().and_then(|text| text.parse().ok());
    let factor = factor.filter(|factor| *factor > 0.0 && *factor < 1e6);
    factor.ok_or_else(|| format!("TEST_TIMEOUT_FACTOR is {text:?}, not a number above 0"))
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
