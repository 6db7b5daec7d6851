//! The differences in words.

use crate::differences::{Explanation, Opinions, Other, matches};
use std::collections::BTreeMap;
use std::fmt::Write;

/// What the explanations do not explain, and what they explain that is not so. Empty if all is well.
pub fn complaints(all: &[Opinions<'_>], explanations: &[Explanation]) -> Vec<String> {
    let mut complaints = Vec::new();
    for (opinions, other) in differences(all) {
        let name = &opinions.case.name;
        let reasons = explanations.iter().filter(|explanation| explanation.covers(other, name)).count();
        if reasons != 1 {
            complaints.push(format!("{other} differs in `{name}` for {reasons} reasons: {}", said(opinions)));
        }
    }
    for (other, pattern) in explanations.iter().flat_map(Explanation::patterns) {
        let is_needed = |(opinions, who): (&Opinions<'_>, Other)| who == other && matches(pattern, &opinions.case.name);
        if !differences(all).any(is_needed) {
            complaints.push(format!("{other} does not differ in `{pattern}`"));
        }
    }
    complaints
}

fn differences<'a, 'b>(all: &'a [Opinions<'b>]) -> impl Iterator<Item = (&'a Opinions<'b>, Other)> {
    all.iter().flat_map(|opinions| opinions.differing().into_iter().map(move |other| (opinions, other)))
}

fn said(opinions: &Opinions<'_>) -> String {
    let Opinions { ours, rustls, openssl, go, .. } = opinions;
    format!("the guest {ours}; rustls {rustls}; OpenSSL {openssl}; Go {go}")
}

/// The part of `docs/second-opinion.md` that follows from a run, in Markdown. Alerts of OpenSSL and Go, which are not
/// compared, are left out: they change with their versions.
pub fn page(all: &[Opinions<'_>], explanations: &[Explanation]) -> String {
    let count = |other| differences(all).filter(|(_, who)| *who == other).count();
    let [rustls, openssl, go] = [Other::Rustls, Other::OpenSsl, Other::Go].map(count);
    let mut page = format!(
        "{} handshakes. rustls does exactly the same, alerts included, in all but {rustls}; OpenSSL accepts and refuses the same \
         in all but {openssl}, Go in all but {go}.\n",
        all.len()
    );
    page.push_str("\nWhat the guest did:\n\n| guest | handshakes |\n|---|---|\n");
    let mut outcomes = BTreeMap::<String, usize>::new();
    all.iter().for_each(|opinions| *outcomes.entry(opinions.ours.to_string()).or_default() += 1);
    for (outcome, times) in outcomes {
        let _ = writeln!(page, "| {outcome} | {times} |");
    }
    for (number, explanation) in explanations.iter().enumerate() {
        let rows = all.iter().filter(|opinions| {
            opinions.differing().into_iter().any(|other| explanation.covers(other, &opinions.case.name))
        });
        let _ = write!(page, "\n### {}\n\n{}\n\n", number + 1, explanation.why);
        page.push_str("| case | guest | rustls | OpenSSL | Go |\n|---|---|---|---|---|\n");
        for Opinions { case, ours, rustls, openssl, go } in rows {
            let (name, openssl, go) = (&case.name, openssl.verdict(), go.verdict());
            let _ = writeln!(page, "| {name} | {ours} | {rustls} | {openssl} | {go} |");
        }
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Case, Play, Seen};

    const ALERT: Seen = Seen { asked_again: false, went_on: false, alert: Some(47), released: false };
    const OTHER_ALERT: Seen = Seen { alert: Some(50), ..ALERT };
    const RELEASED: Seen = Seen { alert: None, released: true, ..ALERT };

    fn case(name: &str) -> Case {
        Case { name: name.into(), play: Play::Flights(Vec::new()) }
    }

    fn opinions(case: &Case, rustls: Seen, go: Seen) -> Opinions<'_> {
        Opinions { case, ours: ALERT, rustls, openssl: OTHER_ALERT, go }
    }

    const fn explanation(cases: &'static [(Other, &'static [&'static str])]) -> Explanation {
        Explanation { why: "because", cases }
    }

    #[test]
    fn alerts_count_for_rustls_and_verdicts_for_the_others() {
        let case = case("a case");
        assert!(opinions(&case, ALERT, OTHER_ALERT).differing().is_empty());
        assert_eq!(opinions(&case, OTHER_ALERT, OTHER_ALERT).differing(), [Other::Rustls]);
        assert_eq!(opinions(&case, ALERT, RELEASED).differing(), [Other::Go]);
    }

    #[test]
    fn every_difference_has_one_explanation_and_every_explanation_a_difference() {
        let (one, two) = (case("one case"), case("another"));
        let all = [opinions(&one, ALERT, RELEASED), opinions(&two, ALERT, ALERT)];
        let right = explanation(&[(Other::Go, &["one *"])]);
        assert!(complaints(&all, &[right]).is_empty());
        let wrong: [&'static [(Other, &'static [&'static str])]; 4] = [
            &[],
            &[(Other::OpenSsl, &["one case"])],
            &[(Other::Go, &["one case", "another"])],
            &[(Other::Go, &["one case", "one case that is not there"])],
        ];
        for cases in wrong {
            assert!(!complaints(&all, &[explanation(cases)]).is_empty(), "{cases:?}");
        }
        let twice = [explanation(&[(Other::Go, &["one case"])]), explanation(&[(Other::Go, &["one *"])])];
        assert!(!complaints(&all, &twice).is_empty());
    }

    #[test]
    fn the_page_shows_each_difference_once() {
        let one = case("one case");
        let shown = page(&[opinions(&one, ALERT, RELEASED)], &[explanation(&[(Other::Go, &["one case"])])]);
        assert!(shown.contains("| one case | alert 47 | alert 47 | refuses | accepts |"), "{shown}");
        assert_eq!(shown.matches("one case").count(), 1);
    }
}
