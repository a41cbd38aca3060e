//! The harness's own local time, to judge a program's by.

use std::path::Path;
use std::time::UNIX_EPOCH;

const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A place whose clocks never change.
pub struct Zone {
    iana: &'static str,
    posix: &'static str,
    /// Seconds before UTC (negative: after).
    pub offset: i64,
}

/// Three places that are not in UTC.
pub const ZONES: [Zone; 3] = [
    Zone { iana: "Asia/Kolkata", posix: "IST-5:30", offset: 19_800 },
    Zone { iana: "Asia/Tokyo", posix: "JST-9", offset: 32_400 },
    Zone { iana: "Pacific/Honolulu", posix: "HST10", offset: -36_000 },
];

impl Zone {
    /// The value for `TZ`.
    pub fn name(&self) -> &'static str {
        known(self.iana, self.posix)
    }
}

/// A place's name where this machine has it, for some languages know names
/// only, and else the one in POSIX's own form.
fn known(iana: &'static str, posix: &'static str) -> &'static str {
    let known = cfg!(unix) && Path::new("/usr/share/zoneinfo").join(iana).is_file();
    if known { iana } else { posix }
}

/// A place where it is `hour` o'clock now, and its offset: whole hours from
/// UTC. The name has the sign the other way round, as in POSIX.
pub fn zone_where_it_is(hour: i64) -> (String, i64) {
    let ahead = (hour - now() / 3_600 % 24 + 36) % 24 - 12;
    (format!("{}{:+}", known("Etc/GMT", "XST"), -ahead), ahead * 3_600)
}

/// Seconds since 1970 began in UTC.
pub fn now() -> i64 {
    UNIX_EPOCH.elapsed().unwrap_or_default().as_secs() as i64
}

/// `seconds` since 1970 in the form of C's `ctime`, for a place whose clocks
/// are `offset` seconds before UTC (negative: after). For 1970 and later.
pub fn ctime(seconds: i64, offset: i64) -> String {
    let local = seconds + offset;
    let (days, second) = (local.div_euclid(86_400), local.rem_euclid(86_400));
    let leap = |year: i64| i64::from(year % 4 == 0 && year % 100 != 0 || year % 400 == 0);
    let (mut year, mut month, mut day) = (1970, 0, days);
    while day >= 365 + leap(year) {
        day -= 365 + leap(year);
        year += 1;
    }
    let lengths = [31, 28 + leap(year), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    while day >= lengths[month] {
        day -= lengths[month];
        month += 1;
    }
    let (weekday, month, day) = (DAYS[days.rem_euclid(7) as usize], MONTHS[month], day + 1);
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{weekday} {month} {day:2} {hour:02}:{minute:02}:{second:02} {year}")
}

#[cfg(test)]
mod tests {
    use super::ctime;

    #[test]
    fn fixed_moments_have_their_names() {
        assert_eq!(ctime(0, 0), "Thu Jan  1 00:00:00 1970");
        assert_eq!(ctime(951_782_400, 0), "Tue Feb 29 00:00:00 2000");
        assert_eq!(ctime(1_793_614_936, 0), "Mon Nov  2 10:22:16 2026");
        assert_eq!(ctime(1_793_614_936, -39_600), "Sun Nov  1 23:22:16 2026");
    }
}
