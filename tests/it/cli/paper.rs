//! `waymark atrs` and `waymark dpia`: papers that state what is configured, and leave to officers what is theirs.

use super::{Machine, text};
use crate::world;

/// A paper of this machine on a fixed day.
fn paper(machine: &Machine, name: &str, environment: &[(&str, &str)]) -> String {
    let mut command = machine.command(&[name, "--on", "2026-11-22"]);
    let output = command.envs(environment.iter().copied()).output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    let paper = text(&output.stdout);
    assert!(!paper.contains("{{") && !paper.contains("{%"), "{paper}");
    tables_are_whole(&paper);
    paper
}

/// Every row of a table has as many cells as its head.
fn tables_are_whole(paper: &str) {
    let mut cells = None;
    for line in paper.lines() {
        if !line.starts_with('|') {
            cells = None;
            continue;
        }
        assert!(line.ends_with('|'), "{line}");
        let found = line.matches('|').count();
        assert_eq!(*cells.get_or_insert(found), found, "{line}");
    }
}

/// A machine of a council that has set everything up.
fn council() -> Machine {
    let machine = Machine::new();
    let knowledge = world::root().join("knowledge");
    machine.0.put(
        "waymark.toml",
        format!(
            "[knowledge]\npath = {knowledge:?}\n\
             [service]\nname = \"Ask Kent\"\nrun_by = \"Kent County Council\"\ncontact = \"dp@kent.example\"\n\
             hours = \"Monday to Friday\"\n\
             [console]\naddress = \"https://ask.kent.example/\"\nsecond_factor = false\n\
             [advisers]\nenabled = true\nduty_adviser = true\n\
             [retention]\nanonymous_days = 30\ncase_years = 3\n\
             [alerts]\nwebhook_url = \"https://alerts.kent.example/secret-path\"\n\
             [backup]\nrecipients = [\"age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p\"]\n\
             [widget]\norigins = [\"https://www.kent.example\"]\n"
        ),
    );
    machine
}

#[test]
fn the_transparency_record_has_the_standards_fields() {
    let record = paper(&Machine::new(), "atrs", &[]);
    for field in [
        "| ATRS version | 3.0 |",
        "| Name | Waymark |",
        "| Website URL | **[TO COMPLETE]** |",
        "| Senior responsible owner | **[TO COMPLETE",
        "| Human review |",
        "| System architecture |",
        "| Development data description |",
        "| Risks and mitigations |",
        "no reply is promised",
    ] {
        assert!(record.contains(field), "{field}\n{record}");
    }
    for tier in ["## Tier 1: overview", "## Metadata"] {
        assert!(record.contains(tier), "{tier}");
    }
    assert_eq!(record.matches("## Tier 2: ").count(), 5);
    let filled = paper(&council(), "atrs", &[]);
    for stated in [
        "| Name | Ask Kent |",
        "| Organisation | Kent County Council |",
        "| Website URL | https://ask.kent.example/about |",
        "| Contact email | dp@kent.example |",
        "(Monday to Friday)",
        "a duty adviser is told at once",
    ] {
        assert!(filled.contains(stated), "{stated}\n{filled}");
    }
    // What the knowledge holds is counted, not typed.
    let guides = filled.split("| Scope | ").nth(1).unwrap();
    let count: usize = guides.split(' ').next().unwrap().parse().unwrap();
    assert!(count > 100 && count <= world::knowledge().library.articles.len());
    assert!(filled.contains(&world::knowledge().library.hash[..12]));
}

#[test]
fn the_evidence_goes_by_the_configuration() {
    let plain = paper(&Machine::new(), "dpia", &[]);
    for stated in [
        "90 days after its last message",
        "6 years after its closing",
        "**Processors that the program brings: none.**",
        "`server.secure_cookies = false`",
        "| Recordings | not at all |",
        "International transfers by the program: none.",
        "none. They cannot read it.",
        "on the same machine",
        "not encrypted in this configuration",
    ] {
        assert!(plain.contains(stated), "{stated}\n{plain}");
    }
    assert!(!plain.contains("Telegram"), "there is none");
    assert!(
        plain.matches("**[OFFICER").count() > 15,
        "blanks are marked"
    );
    let filled = paper(&council(), "dpia", &[("WAYMARK_TELEGRAM_TOKEN", "1:abc")]);
    for stated in [
        "30 days after its last message",
        "3 years after its closing",
        "Telegram keeps its own copy",
        "Signed alerts to `alerts.kent.example`",
        "`https://www.kent.example`",
        "a password alone",
        "encrypted for the recipients",
    ] {
        assert!(filled.contains(stated), "{stated}\n{filled}");
    }
    assert!(
        !filled.contains("secret-path") && !filled.contains("1:abc"),
        "no secret stands in a paper"
    );
}
