//! Charts as inline SVG, in the colors of the page around them.

use std::fmt::Write as _;

/// Text as it stands in XML.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // Of the control characters XML has only these.
            other if other.is_control() && !matches!(other, '\n' | '\t') => out.push('\u{fffd}'),
            other => out.push(other),
        }
    }
    out
}

const WIDTH: f64 = 720.0;
const ROW: f64 = 26.0;
/// Where bars begin: labels stand left of it.
const LEFT: f64 = 150.0;
/// What is left for the value beside the longest bar.
const RIGHT: f64 = 90.0;

/// A bar with what it says.
pub(super) struct Bar {
    pub(super) label: String,
    /// Where it begins, in the unit of the chart.
    pub(super) from: f64,
    /// How long it is.
    pub(super) length: f64,
    /// What stands beside it.
    pub(super) value: String,
}

/// Horizontal bars, from the top to the bottom. The name tells screen readers what it shows; the same stands in a table beside it.
pub(super) fn bars(name: &str, bars: &[Bar]) -> String {
    let longest = bars.iter().map(|bar| bar.from + bar.length).fold(0.0, f64::max).max(f64::MIN_POSITIVE);
    let rows = u32::try_from(bars.len()).map_or(0.0, f64::from);
    let height = rows * ROW + 8.0;
    let mut svg = format!(
        "<svg class=\"chart\" role=\"img\" aria-label=\"{}\" viewBox=\"0 0 {WIDTH} {height}\" preserveAspectRatio=\"xMinYMin meet\">",
        escaped(name)
    );
    let mut top = 4.0;
    for bar in bars {
        let scale = (WIDTH - LEFT - RIGHT) / longest;
        let (x, width) = (LEFT + bar.from * scale, (bar.length * scale).max(1.0));
        let (middle, after) = (top + ROW / 2.0 + 4.0, x + width + 6.0);
        // Writing to a string cannot fail.
        let _ = write!(
            svg,
            "<text class=\"label\" x=\"{:.1}\" y=\"{middle:.1}\" text-anchor=\"end\">{}</text>\
             <rect class=\"bar\" x=\"{x:.1}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"{:.1}\" rx=\"2\"/>\
             <text class=\"value\" x=\"{after:.1}\" y=\"{middle:.1}\">{}</text>",
            LEFT - 8.0,
            escaped(&bar.label),
            top + 3.0,
            ROW - 6.0,
            escaped(&bar.value),
        );
        top += ROW;
    }
    svg.push_str("</svg>");
    svg
}

/// How high a line of text is, and a bar of the timeline.
const LINE: f64 = 18.0;
const EXPECTED_BAR: f64 = 10.0;
const WORST_BAR: f64 = 6.0;
/// From one step of the timeline to the next.
const STEP: f64 = LINE + EXPECTED_BAR + WORST_BAR + 8.0;
/// Longer labels are cut, so that they do not run into the value beside them. The table has the whole of them.
const LONGEST_LABEL: usize = 68;

/// A row of the timeline.
pub(super) enum Row {
    /// What the steps below belong to.
    Heading {
        label: String,
        /// What stands beside it.
        value: String,
    },
    /// A step: where it begins and how long it is, as expected and at worst.
    Step { label: String, value: String, expected: (f64, f64), worst: (f64, f64) },
}

/// How far the timeline reaches, and how far it may reach, in seconds.
pub(super) struct Scale {
    pub(super) longest: f64,
    pub(super) limit: Option<f64>,
}

impl Scale {
    /// Where a moment is.
    fn x(&self, seconds: f64) -> f64 {
        seconds / self.longest.max(f64::MIN_POSITIVE) * (WIDTH - 2.0)
    }

    /// A number of seconds between two lines, such that there are ten of them at the most.
    fn interval(&self) -> f64 {
        let steps = [1.0, 5.0, 10.0, 30.0, 60.0, 300.0, 600.0, 1_800.0, 3_600.0, 21_600.0, 86_400.0];
        steps.into_iter().find(|step| self.longest / step <= 10.0).unwrap_or((self.longest / 10.0).max(1.0))
    }
}

/// Steps one after another, as expected and at worst. The description tells screen readers what it shows; the same stands in a
/// table beside it.
pub(super) fn timeline(name: &str, description: &str, rows: &[Row], scale: &Scale) -> String {
    let height = |row: &Row| if matches!(row, Row::Heading { .. }) { LINE + 10.0 } else { STEP };
    let bottom = LINE + rows.iter().map(height).sum::<f64>();
    let mut svg = format!(
        "<svg class=\"chart timeline\" role=\"img\" aria-labelledby=\"timeline-chart-title timeline-chart-desc\" \
         viewBox=\"0 0 {WIDTH} {:.0}\" preserveAspectRatio=\"xMinYMin meet\"><title id=\"timeline-chart-title\">{}</title>\
         <desc id=\"timeline-chart-desc\">{}</desc>",
        bottom + 2.0 * LINE,
        escaped(name),
        escaped(description)
    );
    grid(&mut svg, scale, bottom);
    let mut top = LINE;
    for row in rows {
        row.draw(&mut svg, scale, top);
        top += height(row);
    }
    legend(&mut svg, scale, bottom + 2.0 * LINE - 6.0);
    svg.push_str("</svg>");
    svg
}

impl Row {
    fn draw(&self, svg: &mut String, scale: &Scale, top: f64) {
        let (class, label, value, bars) = match self {
            Self::Heading { label, value } => ("way", label, value, Vec::new()),
            Self::Step { label, value, expected, worst } => {
                let bars =
                    vec![("bar", *expected, LINE, EXPECTED_BAR), ("bar worst", *worst, LINE + EXPECTED_BAR, WORST_BAR)];
                ("label", label, value, bars)
            }
        };
        let baseline = top + LINE - 5.0;
        let _ = write!(
            svg,
            "<text class=\"{class}\" x=\"0\" y=\"{baseline:.1}\">{}</text>\
             <text class=\"value\" x=\"{WIDTH}\" y=\"{baseline:.1}\" text-anchor=\"end\">{}</text>",
            escaped(&cut(label)),
            escaped(value)
        );
        for (class, (from, length), below, height) in bars {
            let _ = write!(
                svg,
                "<rect class=\"{class}\" x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{height:.1}\"/>",
                scale.x(from),
                top + below,
                scale.x(length).max(1.0)
            );
        }
    }
}

/// Lines with the seconds above them, and the objective.
fn grid(svg: &mut String, scale: &Scale, bottom: f64) {
    let interval = scale.interval();
    for number in (0_u32..).map(|number| f64::from(number) * interval).take_while(|seconds| *seconds <= scale.longest) {
        let x = scale.x(number);
        let anchor = if x > WIDTH - 40.0 { "end" } else { "start" };
        let _ = write!(
            svg,
            "<path class=\"grid\" d=\"M{x:.1} {LINE}V{bottom:.1}\"/>\
             <text class=\"tick\" x=\"{x:.1}\" y=\"12\" text-anchor=\"{anchor}\">{number:.0} s</text>"
        );
    }
    if let Some(limit) = scale.limit {
        let x = scale.x(limit);
        let _ = write!(svg, "<path class=\"limit\" d=\"M{x:.1} {LINE}V{bottom:.1}\"/>");
    }
}

fn legend(svg: &mut String, scale: &Scale, baseline: f64) {
    let bars = [("bar", "as expected", 0.0), ("bar worst", "at worst", 130.0)];
    for (class, words, x) in bars {
        let _ = write!(
            svg,
            "<rect class=\"{class}\" x=\"{x}\" y=\"{:.1}\" width=\"22\" height=\"8\"/>\
             <text class=\"tick\" x=\"{}\" y=\"{baseline:.1}\">{words}</text>",
            baseline - 8.0,
            x + 28.0
        );
    }
    if let Some(limit) = scale.limit {
        let (middle, baseline) = (baseline - 4.0, baseline);
        let _ = write!(
            svg,
            "<path class=\"limit\" d=\"M240 {middle:.1}H262\"/>\
             <text class=\"tick\" x=\"268\" y=\"{baseline:.1}\">objective: {limit} s</text>"
        );
    }
}

fn cut(label: &str) -> String {
    if label.chars().count() <= LONGEST_LABEL {
        return label.to_owned();
    }
    let kept: String = label.chars().take(LONGEST_LABEL - 1).collect();
    format!("{kept}\u{2026}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_a_meaning_in_xml_is_escaped() {
        assert_eq!(escaped("<a href='x'>&\"\u{0}"), "&lt;a href=&#39;x&#39;&gt;&amp;&quot;\u{fffd}");
    }

    #[test]
    fn the_longest_bar_fills_the_room_and_nothing_leaves_it() {
        let bar = |from, length| Bar { label: "<b>".to_owned(), from, length, value: "1".to_owned() };
        let svg = bars("name", &[bar(0.0, 10.0), bar(10.0, 10.0), bar(0.0, 0.0)]);
        assert!(
            svg.contains("width=\"240.0\"") && svg.contains("x=\"390.0\"") && svg.contains("width=\"1.0\""),
            "{svg}"
        );
        assert!(!svg.contains("<b>") && svg.contains("&lt;b&gt;"));
        assert!(bars("nothing", &[]).ends_with("</svg>"));
    }

    fn step(expected: (f64, f64), worst: (f64, f64)) -> Row {
        Row::Step { label: "<i>".to_owned(), value: "v".to_owned(), expected, worst }
    }

    #[test]
    fn a_step_begins_where_the_one_before_ends_and_the_last_ends_at_the_edge() {
        let rows = [step((0.0, 50.0), (0.0, 100.0)), step((50.0, 50.0), (100.0, 100.0))];
        let svg = timeline("name", "words", &rows, &Scale { longest: 200.0, limit: Some(150.0) });
        assert!(svg.contains("class=\"bar worst\" x=\"359.0\"") && svg.contains("width=\"359.0\""), "{svg}");
        assert!(svg.contains("class=\"limit\" d=\"M538.5"), "{svg}");
        assert!(svg.contains("<desc id=\"timeline-chart-desc\">words</desc>") && !svg.contains("<i>"), "{svg}");
    }

    #[test]
    fn the_scale_has_few_lines_however_long_it_is() {
        for longest in [0.0, 0.5, 9.0, 257.0, 4_000.0, 1e6, 1e12] {
            let scale = Scale { longest, limit: None };
            assert!(longest / scale.interval() <= 10.0, "{longest}");
        }
    }

    #[test]
    fn a_long_label_is_cut() {
        assert_eq!(cut(&"\u{e4}".repeat(100)).chars().count(), LONGEST_LABEL);
        assert_eq!(cut("short"), "short");
    }
}
