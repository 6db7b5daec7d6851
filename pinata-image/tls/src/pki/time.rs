//! Dates in certificates (RFC 5280, section 4.1.2.5): UTCTime up to 2049, GeneralizedTime from 2050.

use super::der;
use alloc::format;
use alloc::vec::Vec;

/// Seconds since 1970, UTC, without leap seconds.
pub type UnixSeconds = u64;

const SECONDS_PER_DAY: u64 = 86_400;

/// One `Time` value.
pub(super) fn time(at: UnixSeconds) -> Vec<u8> {
    let (year, month, day) = civil(at / SECONDS_PER_DAY);
    let second = at % SECONDS_PER_DAY;
    let rest = format!("{month:02}{day:02}{:02}{:02}{:02}Z", second / 3600, second / 60 % 60, second % 60);
    if year < 2050 {
        der::value(der::UTC_TIME, &[format!("{:02}", year % 100).as_bytes(), rest.as_bytes()])
    } else {
        der::value(der::GENERALIZED_TIME, &[format!("{year:04}").as_bytes(), rest.as_bytes()])
    }
}

/// Year, month and day of the `days`-th day since 1970-01-01 in the Gregorian calendar.
fn civil(days: u64) -> (u64, u64, u64) {
    // Counted from 0000-03-01, so that the leap day is a year's last: Howard Hinnant, "chrono-Compatible Low-Level Date
    // Algorithms", civil_from_days.
    let days = days + 719_468;
    let era = days / 146_097;
    let day_of_era = days % 146_097;
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_what_date_says() {
        // `date -u -d DATE +%s` / 86400
        for (days, expected) in [
            (0, (1970, 1, 1)),
            (11_016, (2000, 2, 29)),
            (11_017, (2000, 3, 1)),
            (20_781, (2026, 11, 24)),
            (29_219, (2049, 12, 31)),
            (47_540, (2100, 2, 28)),
            (47_541, (2100, 3, 1)),
        ] {
            assert_eq!(civil(days), expected);
        }
    }

    #[test]
    fn the_form_changes_in_2050() {
        assert_eq!(time(29_220 * SECONDS_PER_DAY - 1), b"\x17\x0d491231235959Z");
        assert_eq!(time(29_220 * SECONDS_PER_DAY), b"\x18\x0f20500101000000Z");
    }
}
