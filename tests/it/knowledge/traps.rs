//! Stale figures, numbers and ideas that must stand nowhere as current: patterns over every article as it is shown today,
//! and over every register. What is told as history is allowed by name, with its reason.
//! What never lives here: current values (the registers hold those).

use regex::Regex;
use waymark::base::Lang;

use super::today;
use crate::world;

/// What it is, its pattern, and the sections (or files) that may say it because they tell that it is over.
type Trap = (&'static str, &'static str, &'static [&'static str]);

const TRAPS: &[Trap] = &[
    (
        "Purple's number, gone from Cambridgeshire",
        r"01245[ -]?392[ -]?300",
        &[],
    ),
    (
        "Beams' number, gone from Kent",
        r"01322[ -]?668[ -]?501|wearebeams\.org",
        &[],
    ),
    ("Kent's number before 03000", r"08458[ -]?247[ -]?100", &[]),
    (
        "Skills for Care's old funding line",
        r"0113[ -]?241[ -]?1275",
        &[],
    ),
    (
        "Mencap's line given as another's",
        r"0808[ -]?808[ -]?1111",
        &[],
    ),
    (
        "an old cap on a week's redundancy pay",
        r"£(?:571|643|700|719)\b",
        &["employment/rates-2025-26"],
    ),
    (
        "an old accommodation offset",
        r"£(?:9\.99|10\.66)\b",
        &["employment/rates-2025-26"],
    ),
    (
        "an old share of family pay got back",
        r"\b(?:103|108\.5) ?%",
        &["employment/rates-2025-26"],
    ),
    (
        "an old Carer's Allowance limit",
        r"£(?:151|196)\b",
        &["employment/rates-2025-26"],
    ),
    (
        "an old Employment Allowance",
        r"£(?:3,000|4,000|5,000)[^.]*\bEmployment Allowance|Employment Allowance[^.]*£(?:3,000|4,000)\b",
        &[],
    ),
    ("an old lower earnings limit", r"£(?:120|123) a week", &[]),
    ("a wage for 18 to 20 that never was", r"£10\.50\b", &[]),
    (
        "self-certifying for 28 days",
        r"(?i)self-certif[^.]*\b28 days|\b28 days[^.]*self-certif",
        &[],
    ),
    (
        "pay records kept for three years",
        r"(?i)wage records?[^.]*\b(?:3|three) years",
        &[],
    ),
    (
        "three days without sick pay",
        r"(?i)(?:first|three|3) (?:three |3 )?(?:working |waiting )days[^.]*(?:not paid|unpaid)",
        &[
            "employment/sick-pay#summary",
            "employment/sick-pay#old-rule",
            "employment/rates-2025-26",
        ],
    ),
    (
        "FACS, the old test of eligibility",
        r"\bFACS\b|(?i)fair access to care",
        &["legislation/history-1996-2015"],
    ),
    (
        "CCGs, now integrated care boards",
        r"\bCCGs?\b|(?i)clinical commissioning group",
        &["legislation/history-1996-2015#old-names"],
    ),
    (
        "the Independent Living Fund",
        r"\bILF\b|(?i)independent living fund",
        &["legislation/history-1996-2015", "reference/glossary"],
    ),
    (
        "the ESI tool, now CEST",
        r"\bESI\b|(?i)employment status indicator",
        &[],
    ),
    (
        "holiday of 12.07% said to be banned",
        r"(?i)12\.07 ?%[^.]*(?:banned|unlawful|not allowed|illegal)",
        &[],
    ),
    (
        "unfair dismissal from day one",
        r"(?i)unfair dismissal[^.]*\bfrom (?:the first day|day one)\b[^.]*\b(?:everyone|all)\b",
        &[],
    ),
    (
        "living in as a way round the wage",
        r"(?i)live-in[^.]*\b(?:are|is) exempt from the minimum wage",
        &[],
    ),
    (
        "the Welsh regulations of 2015",
        r"2015/1815|(?i)\(Wales\) Regulations 2015",
        &[],
    ),
    (
        "duties reported for October 2026 told as certain",
        r"(?i)(?:harassment|union)[^.]*\b1 October 2026\b",
        &[
            "employment/harassment-and-abuse-at-work",
            "reference/change-calendar",
            "employment/written-statement",
        ],
    ),
];

#[test]
fn nothing_stale_is_told_as_current() {
    let library = &world::knowledge().library;
    let mut said = Vec::new();
    for (what, pattern, allowed) in TRAPS {
        let pattern = Regex::new(pattern).unwrap();
        for (_, article, section) in library.sections() {
            let place = format!("{}#{}", article.id, section.anchor);
            let held = section.span.holds(today());
            let excused = allowed.iter().any(|a| place == *a || article.id == *a);
            if !held || excused {
                continue;
            }
            let mut texts = vec![section.heading.clone(), section.body.clone()];
            if section.anchor == "summary" {
                let current = article.summaries.iter().filter(|s| s.span.holds(today()));
                texts.extend(current.map(|s| s.text.clone()));
                texts.extend(article.next.iter().cloned());
                texts.extend(article.easy_read.clone());
            }
            for text in texts {
                let shown = library.render(&text, today(), &Lang::english()).text;
                if let Some(found) = pattern.find(&shown) {
                    said.push(format!(
                        "{place} says '{}': {what}",
                        found.as_str().replace('\n', " ")
                    ));
                }
            }
        }
    }
    assert!(said.is_empty(), "{}", said.join("\n"));
}

/// Numbers of people and services that are over, in any file at all: registers, word lists, messages.
#[test]
fn no_register_holds_a_dead_number() {
    let mut said = Vec::new();
    for (what, pattern, _) in TRAPS.iter().take(5) {
        let pattern = Regex::new(pattern).unwrap();
        for (file, text) in &world::knowledge().files {
            for (number, line) in text.lines().enumerate() {
                // An editor's note may name the number it warns of; people never see notes of sources.
                let note =
                    line.trim_start().starts_with("note =") || line.trim_start().starts_with('#');
                if pattern.is_match(line) && !(note && file.starts_with("sources")) {
                    said.push(format!("{file}:{}: {what}", number + 1));
                }
            }
        }
    }
    assert!(said.is_empty(), "{}", said.join("\n"));
}

/// Each trap catches what it is there for: a pattern that can match nothing proves nothing.
#[test]
fn the_traps_can_catch() {
    let bait = [
        "Ring 01245 392300",
        "Ring 01322 668501",
        "Ring 08458 247100",
        "Ring 0113 241 1275",
        "Mind: 0808 808 1111",
        "at most £719 a week",
        "£10.66 a day",
        "you get 103% back",
        "earn up to £196 a week",
        "the Employment Allowance is £3,000 a year",
        "below £123 a week",
        "£10.50 an hour",
        "the PA can self-certify for 28 days",
        "keep minimum wage records for 3 years",
        "the first three days are waiting days and three waiting days are unpaid",
        "under FACS",
        "ask the CCG",
        "the ILF pays",
        "use the ESI tool",
        "rolled-up pay of 12.07% is banned",
        "unfair dismissal rights from day one for all",
        "a live-in PA is exempt from the minimum wage",
        "SI 2015/1815",
        "the new harassment duty began on 1 October 2026",
    ];
    assert_eq!(bait.len(), TRAPS.len());
    for (text, (what, pattern, _)) in bait.iter().zip(TRAPS) {
        assert!(
            Regex::new(pattern).unwrap().is_match(text),
            "{what}: {pattern} misses '{text}'"
        );
    }
}

#[test]
fn what_is_excused_is_there() {
    let library = &world::knowledge().library;
    for (what, _, allowed) in TRAPS {
        for id in *allowed {
            let (article, section) = id.split_once('#').unwrap_or((id, "summary"));
            let article = library
                .article(article)
                .unwrap_or_else(|| panic!("{what}: {id}"));
            assert!(
                article.sections.iter().any(|s| s.anchor == section),
                "{what}: {id}"
            );
        }
    }
}
