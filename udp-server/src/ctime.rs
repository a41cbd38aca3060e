//! Local time as C's `ctime` writes it: std knows no time zones, and
//! Python's own `ctime` rests on the same C library.
#![allow(unsafe_code)]

use std::ffi::{CStr, c_char};
use std::io;
use std::time::{SystemTime, UNIX_EPOCH};

/// `time_t`: C's `long` on the Unixes, 64 bits behind Windows' `_ctime64`.
#[cfg(unix)]
type Seconds = std::ffi::c_long;
#[cfg(windows)]
type Seconds = i64;

// `ctime` would read the time zone file's status at every call; `ctime_r`
// does not, and writes into a buffer of the caller's, 26 bytes long
// (POSIX.1-2017, ctime). Windows' `_ctime64` has a buffer of its own.
unsafe extern "C" {
    #[cfg(unix)]
    fn ctime_r(time: *const Seconds, text: *mut c_char) -> *mut c_char;
    #[cfg(windows)]
    fn _ctime64(time: *const Seconds) -> *const c_char;
}

/// The local time now, 24 characters: `Sun Nov  2 10:22:16 2026`.
///
/// # Errors
/// Where the clock or the C library has no such time, as past the year 9999.
pub fn ctime() -> io::Result<String> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).map_err(io::Error::other)?;
    let seconds = Seconds::try_from(since.as_secs()).map_err(io::Error::other)?;
    at(seconds).ok_or(io::Error::other("the C library has no local time"))
}

/// The local time `seconds` after 1970 began in UTC.
fn at(seconds: Seconds) -> Option<String> {
    #[cfg(unix)]
    let mut text: [c_char; 32] = [0; 32];
    // SAFETY: `seconds` and `text` outlive the call, and `text` is long enough.
    #[cfg(unix)]
    let line = unsafe { ctime_r(&raw const seconds, text.as_mut_ptr()) };
    // SAFETY: `seconds` outlives the call.
    #[cfg(windows)]
    let line = unsafe { _ctime64(&raw const seconds) };

    // SAFETY: what is not null ends in a NUL, and nothing has written there since.
    let line = (!line.is_null()).then(|| unsafe { CStr::from_ptr(line) })?;
    Some(pad_day(line.to_str().ok()?.trim_end()))
}

/// Windows writes the second of the month `02`, the other systems ` 2`.
fn pad_day(text: &str) -> String {
    match text.split_at_checked(8) {
        Some((start, rest)) if rest.starts_with('0') => format!("{start} {}", &rest[1..]),
        _ => text.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_of_one_digit_is_padded_with_a_space() {
        assert_eq!(pad_day("Sun Nov 02 10:22:16 2026"), "Sun Nov  2 10:22:16 2026");
        assert_eq!(pad_day("Sun Nov  2 10:22:16 2026"), "Sun Nov  2 10:22:16 2026");
        assert_eq!(pad_day("Tue Nov 10 00:00:00 2026"), "Tue Nov 10 00:00:00 2026");
    }
}
