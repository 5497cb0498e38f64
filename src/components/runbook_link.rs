//! Where a notice or an alarm leads to: the chapter of the runbook that says what to do.

use crate::terraform::{Expression, Value, concat, text};

/// A chapter of the runbook (`templates/runbook.md.hbs`), by its anchor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chapter {
    /// Who takes payments, and who would.
    Watch,
    /// Tests of the failover.
    Drill,
    /// A failover that a person starts.
    FailOver,
    /// An answer that is waited for.
    Approve,
    /// What did not arrive in the other region.
    WhatWasLost,
    /// The way back.
    FailBack,
    /// Backups and what comes out of them.
    Restore,
    /// Whatever else fails.
    Troubleshooting,
}

impl Chapter {
    /// The anchor.
    pub fn anchor(self) -> &'static str {
        match self {
            Self::Watch => "watch",
            Self::Drill => "drill",
            Self::FailOver => "fail-over-by-hand",
            Self::Approve => "approve",
            Self::WhatWasLost => "what-was-lost",
            Self::FailBack => "fail-back",
            Self::Restore => "restore-from-a-backup",
            Self::Troubleshooting => "troubleshooting",
        }
    }

    /// The chapter about an alarm, by its local name.
    pub fn of_alarm(name: &str) -> Self {
        const WORDS: [(&str, Chapter); 10] = [
            ("drill", Chapter::Drill),
            ("failover_latch_errors", Chapter::Troubleshooting),
            ("failover_latch", Chapter::FailBack),
            ("failback", Chapter::FailBack),
            ("failover_executions", Chapter::FailOver),
            ("restore_test", Chapter::Restore),
            ("replication_lag", Chapter::Watch),
            ("endpoint_health", Chapter::Watch),
            ("failover", Chapter::Watch),
            ("api_server_errors", Chapter::Watch),
        ];
        WORDS.iter().find(|(word, _)| name.contains(word)).map_or(Self::Troubleshooting, |(_, chapter)| *chapter)
    }

    /// The chapter about a notice, by its subject.
    pub fn of_notice(subject: &str) -> Self {
        const WORDS: [(&str, Chapter); 6] = [
            ("drill", Chapter::Drill),
            ("failback", Chapter::FailBack),
            ("start the failover?", Chapter::FailOver),
            ("approve", Chapter::Approve),
            ("failover done", Chapter::WhatWasLost),
            ("made up for", Chapter::WhatWasLost),
        ];
        let subject = subject.to_lowercase();
        WORDS.iter().find(|(word, _)| subject.contains(word)).map_or(Self::FailOver, |(_, chapter)| *chapter)
    }
}

/// What leads to a chapter, after other words; empty where nobody said where the runbook is.
pub fn link(runbook_url: &Value<String>, before: &'static str, chapter: Chapter) -> Value<String> {
    if *runbook_url.expression() == Expression::Null {
        return text("");
    }
    let there = concat([text(before), runbook_url.clone(), text(format!("#{}", chapter.anchor()))]);
    text("").when(runbook_url.clone().is_null(), there)
}

/// Where the runbook is, for functions, which write the link themselves; empty where nobody said.
pub fn address(runbook_url: &Value<String>) -> Value<String> {
    if *runbook_url.expression() == Expression::Null {
        return text("");
    }
    text("").when(runbook_url.clone().is_null(), runbook_url.clone())
}

#[cfg(test)]
mod tests {
    use super::Chapter;

    #[test]
    fn every_chapter_is_a_heading_of_the_runbook() {
        let template = include_str!("../../templates/runbook.md.hbs");
        let headings = template.lines().filter_map(|line| line.strip_prefix("## "));
        let anchors: Vec<_> = headings.map(|heading| heading.to_lowercase().replace(' ', "-")).collect();
        for chapter in [
            Chapter::Watch,
            Chapter::Drill,
            Chapter::FailOver,
            Chapter::Approve,
            Chapter::WhatWasLost,
            Chapter::FailBack,
            Chapter::Restore,
            Chapter::Troubleshooting,
        ] {
            assert!(anchors.iter().any(|anchor| anchor == chapter.anchor()), "{chapter:?}");
        }
    }

    #[test]
    fn names_and_subjects_find_their_chapters() {
        assert_eq!(Chapter::of_alarm("failover_latch"), Chapter::FailBack);
        assert_eq!(Chapter::of_alarm("failover_latch_errors"), Chapter::Troubleshooting);
        assert_eq!(Chapter::of_alarm("failover_drill_age"), Chapter::Drill);
        assert_eq!(Chapter::of_alarm("blocked_requests"), Chapter::Troubleshooting);
        assert_eq!(Chapter::of_notice("DECIDE NOW: approve the failover?"), Chapter::Approve);
        assert_eq!(Chapter::of_notice("FAILOVER DRILL BROKEN OFF: look now"), Chapter::Drill);
        assert_eq!(Chapter::of_notice("FAILOVER HANGS: act now"), Chapter::FailOver);
    }
}
