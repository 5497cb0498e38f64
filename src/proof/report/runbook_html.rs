//! The runbook as a part of the page: headings one level down, anchors of their own, no HTML of its own.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

/// What anchors of the runbook begin with, so that they are nobody else's.
const PREFIX: &str = "runbook-";

/// The HTML of a text in Markdown.
pub(super) fn html_of(markdown: &str) -> String {
    let events: Vec<Event<'_>> = Parser::new_ext(markdown, Options::ENABLE_TABLES).collect();
    let mut ids = headings(&events).into_iter();
    let mut out = Vec::with_capacity(events.len());
    for event in events {
        out.push(match event {
            Event::Html(_) | Event::InlineHtml(_) | Event::Start(Tag::HtmlBlock) | Event::End(TagEnd::HtmlBlock) => {
                continue;
            }
            Event::Start(Tag::Heading { level, classes, attrs, .. }) => {
                let id = ids.next().map(Into::into);
                Event::Start(Tag::Heading { level: lower(level), id, classes, attrs })
            }
            Event::End(TagEnd::Heading(level)) => Event::End(TagEnd::Heading(lower(level))),
            Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
                // Only anchors of the page itself: nothing here leads away.
                let dest_url =
                    dest_url.strip_prefix('#').map_or_else(String::new, |to| format!("#{PREFIX}{to}")).into();
                Event::Start(Tag::Link { link_type, dest_url, title, id })
            }
            other => other,
        });
    }
    let mut text = String::new();
    html::push_html(&mut text, out.into_iter());
    scrolling_tables(&text)
        .replace("</table>", "</table></div>")
        .replace("<pre>", "<pre tabindex=\"0\">")
        .replace("<th>", "<th scope=\"col\">")
}

/// What is wider than the page scrolls by itself, also with the keyboard; each part with a name of its own.
fn scrolling_tables(html: &str) -> String {
    let mut parts = html.split("<table>");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for (number, part) in parts.enumerate() {
        text.push_str("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Table ");
        text.push_str(&(number + 1).to_string());
        text.push_str(" of the runbook\"><table>");
        text.push_str(part);
    }
    text
}

/// The anchors of all headings, in their order, as the links in the text name them.
fn headings(events: &[Event<'_>]) -> Vec<String> {
    let mut all = Vec::new();
    let mut open: Option<String> = None;
    for event in events {
        match event {
            Event::Start(Tag::Heading { .. }) => open = Some(String::new()),
            Event::End(TagEnd::Heading(_)) => all.extend(open.take().map(|text| format!("{PREFIX}{}", anchor(&text)))),
            Event::Text(text) | Event::Code(text) => {
                if let Some(open) = &mut open {
                    open.push_str(text);
                }
            }
            _ => {}
        }
    }
    all
}

/// The anchor of a heading: letters, digits and hyphens.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter_map(|character| match character {
        ' ' => Some('-'),
        '-' | '_' => Some(character),
        other => other.is_alphanumeric().then(|| other.to_lowercase().next().unwrap_or(other)),
    });
    kept.collect()
}

fn lower(level: HeadingLevel) -> HeadingLevel {
    match level {
        HeadingLevel::H1 => HeadingLevel::H2,
        HeadingLevel::H2 => HeadingLevel::H3,
        HeadingLevel::H3 => HeadingLevel::H4,
        HeadingLevel::H4 => HeadingLevel::H5,
        HeadingLevel::H5 | HeadingLevel::H6 => HeadingLevel::H6,
    }
}

#[cfg(test)]
mod tests {
    use super::html_of;

    #[test]
    fn headings_go_down_and_links_find_them() {
        let html = html_of("# A\n\n## Fail back, then\n\n[there](#fail-back-then)\n");
        assert!(html.contains("<h3 id=\"runbook-fail-back-then\">"), "{html}");
        assert!(html.contains("<a href=\"#runbook-fail-back-then\">"), "{html}");
    }

    #[test]
    fn html_and_links_to_elsewhere_do_not_come_through() {
        let html =
            html_of("<!-- a -->\n# A <script>x</script>\n\n<b onclick='x'>b</b>\n\n[x](javascript:alert(1)) `<i>`\n");
        assert!(!html.contains("<script") && !html.contains("<b ") && !html.contains("javascript:"), "{html}");
        assert!(html.contains("&lt;i&gt;"), "{html}");
    }
}
