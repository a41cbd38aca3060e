//! Local time as C's `ctime` writes it: std knows no time zones, and
//! Python's own `ctime` rests on the same C library.
#![allow(unsafe_code)]

use std::ffi::{CStr, c_char};
use std::time::{SystemTime, UNIX_EPOCH};

/// `time_t`: C's `long` on the older Unixes of 32 bits, 64 bits elsewhere.
#[cfg(all(unix, target_pointer_width = "32", not(target_arch = "riscv32")))]
type Seconds = std::ffi::c_long;
#[cfg(not(all(unix, target_pointer_width = "32", not(target_arch = "riscv32"))))]
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

/// The local time now, 24 characters: `Sun Nov  2 10:22:16 2026`. `None`
/// where the clock or the C library has no such time, as past the year 9999.
pub fn ctime() -> Option<String> {
    let Ok(since) = SystemTime::now().duration_since(UNIX_EPOCH) else {
        return None;
    };
    let Ok(seconds) = Seconds::try_from(since.as_secs()) else {
        return None;
    };

    #[cfg(unix)]
    let mut text: [c_char; 32] = [0; 32];
    // SAFETY: `seconds` and `text` outlive the call, and `text` is long enough.
    #[cfg(unix)]
    let line = unsafe { ctime_r(&raw const seconds, text.as_mut_ptr()) };
    // SAFETY: `seconds` outlives the call.
    #[cfg(windows)]
    let line = unsafe { _ctime64(&raw const seconds) };
    if line.is_null() {
        return None;
    }

    // SAFETY: what is not null ends in a NUL, and nothing has written there since.
    let line = unsafe { CStr::from_ptr(line) };
    Some(pad_day(line.to_string_lossy().trim_end()))
}

/// Windows writes day 2 of the month as `02`, the other systems as ` 2`.
fn pad_day(text: &str) -> String {
    match text.split_at_checked(8) {
        Some((start, rest)) if rest.starts_with('0') => format!("{start} {}", &rest[1..]),
        _ => text.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::pad_day;

    #[test]
    fn a_day_of_one_digit_is_padded_with_a_space() {
        assert_eq!(pad_day("Sun Nov 02 10:22:16 2026"), "Sun Nov  2 10:22:16 2026");
        assert_eq!(pad_day("Sun Nov  2 10:22:16 2026"), "Sun Nov  2 10:22:16 2026");
        assert_eq!(pad_day("Tue Nov 10 00:00:00 2026"), "Tue Nov 10 00:00:00 2026");
    }
}
