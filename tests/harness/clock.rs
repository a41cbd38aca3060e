//! The harness's own local time, to judge a program's by.

use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A place whose clocks never change.
pub struct Zone {
    /// Its value for `TZ`.
    pub name: String,
    /// Seconds before UTC (negative: after).
    pub offset: i64,
}

/// Named `iana` where this machine knows that, for some languages know names only, and else in
/// POSIX's own form.
fn zone(iana: &str, posix: &str, offset: i64) -> Zone {
    let known = cfg!(unix) && Path::new("/usr/share/zoneinfo").join(iana).is_file();
    Zone { name: if known { iana } else { posix }.to_string(), offset }
}

/// Three places that are not in UTC.
pub fn zones() -> [Zone; 3] {
    [
        zone("Asia/Kolkata", "IST-5:30", 19_800),
        zone("Asia/Tokyo", "JST-9", 32_400),
        zone("Pacific/Honolulu", "HST10", -36_000),
    ]
}

/// A place where it is `hour` o'clock now, whole hours from UTC.
pub fn zone_where_it_is(hour: i64) -> Zone {
    let ahead = (hour - now() / 3_600 % 24 + 36) % 24 - 12;
    let sign = -ahead; // the other way round, as in POSIX
    zone(&format!("Etc/GMT{sign:+}"), &format!("XST{sign:+}"), ahead * 3_600)
}

/// Seconds since 1970 began in UTC.
pub fn now() -> i64 {
    UNIX_EPOCH.elapsed().unwrap_or_default().as_secs() as i64
}

/// The same 20 ms ago: C's time() may lag a tick behind, which is 16 ms on Windows and less elsewhere.
pub fn a_tick_ago() -> i64 {
    (UNIX_EPOCH + Duration::from_millis(20)).elapsed().unwrap_or_default().as_secs() as i64
}

/// `seconds` since 1970 in the form of C's `ctime`, for a place whose clocks
/// are `offset` seconds before UTC (negative: after). For 1970 and later.
pub fn ctime(seconds: i64, offset: i64) -> String {
    let local = seconds + offset;
    let (days, second) = (local.div_euclid(86_400), local.rem_euclid(86_400));
    let (mut year, mut month, mut day) = (1970, 0, days);
    loop {
        let leap = year % 4 == 0 && year % 100 != 0 || year % 400 == 0;
        let february = if leap { 29 } else { 28 };
        let length = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month];
        if day < length {
            break;
        }
        (day, month) = (day - length, (month + 1) % 12);
        year += i64::from(month == 0);
    }
    let (weekday, month, day) = (DAYS[days.rem_euclid(7) as usize], MONTHS[month], day + 1);
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{weekday} {month} {day:2} {hour:02}:{minute:02}:{second:02} {year}")
}

#[test]
fn fixed_moments_have_their_names() {
    for (seconds, offset, name) in [
        (0, 0, "Thu Jan  1 00:00:00 1970"),
        (951_782_400, 0, "Tue Feb 29 00:00:00 2000"),
        (1_793_614_936, 0, "Mon Nov  2 10:22:16 2026"),
        (1_793_614_936, -39_600, "Sun Nov  1 23:22:16 2026"),
    ] {
        assert_eq!(ctime(seconds, offset), name);
    }
}
