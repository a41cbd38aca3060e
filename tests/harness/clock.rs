//! The harness's own local time, to judge a program's by.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

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
    /// The value for `TZ`: the place's name where this machine has it, for
    /// some languages know names only, and else in POSIX's own form.
    pub fn name(&self) -> &'static str {
        let known = Path::new("/usr/share/zoneinfo").join(self.iana).is_file();
        if known { self.iana } else { self.posix }
    }
}

/// A place where it is `hour` o'clock now, and its offset: whole hours from
/// UTC. The name has the sign the other way round, as in POSIX.
pub fn zone_where_it_is(hour: i64) -> (String, i64) {
    let ahead = (hour - now() / 3_600 % 24 + 36) % 24 - 12;
    let known = Path::new("/usr/share/zoneinfo/Etc/GMT").is_file();
    let name = if known { "Etc/GMT" } else { "XST" };
    (format!("{name}{:+}", -ahead), ahead * 3_600)
}

/// Seconds since 1970 began in UTC.
///
/// # Panics
/// If the machine's clock stands before 1970.
pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.expect("a clock after 1970").as_secs() as i64
}

/// `seconds` since 1970 in the form of C's `ctime`, for a place whose clocks
/// are `offset` seconds before UTC (negative: after).
pub fn ctime(seconds: i64, offset: i64) -> String {
    let local = seconds + offset;
    let (days, second) = (local.div_euclid(86_400), local.rem_euclid(86_400));
    // Years that begin in March end with the leap day; 400 of them repeat
    // (the proleptic Gregorian calendar of ISO 8601).
    let since_march_0000 = days + 719_468;
    let era = since_march_0000.div_euclid(146_097);
    let day_of_era = since_march_0000.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12;
    let year = era * 400 + year_of_era + i64::from(month < 2);
    format!(
        "{} {} {day:2} {:02}:{:02}:{:02} {year}",
        DAYS[days.rem_euclid(7) as usize],
        MONTHS[month as usize],
        second / 3_600,
        second / 60 % 60,
        second % 60
    )
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
