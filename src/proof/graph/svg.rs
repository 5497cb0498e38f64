//! A picture, laid out in layers by `dagre`, in light and in dark.

use std::fmt::Write as _;

use dagre::graph::{Graph as Layout, GraphOptions};
use dagre::{EdgeLabel, LayoutOptions, NodeLabel, Point, RankDir, layout};

use super::{Arrow, Component, Graph, Kind, Meaning, plain};

/// More boxes make no picture that anybody can read, and take long to lay out.
const MOST_BOXES: usize = 300;

const HEIGHT: f64 = 46.0;
const MARGIN: f64 = 24.0;
/// Room for the legend below the picture.
const LEGEND: f64 = 44.0;
/// A letter of the larger text is about as wide as this, whatever the typeface.
const LETTER: f64 = 8.3;
/// Longer names are cut; the whole of it stands in the title.
const LONGEST: usize = 36;

/// Colors by `prefers-color-scheme`: text, lines, ground, regions, boxes, and one for each meaning. Every rule is about this
/// picture alone, which may stand in a page with others. Paper is light.
const STYLE: &str = "\
.architecture{--ink:#1b2430;--faint:#5b6778;--ground:#ffffff;--region:#f3f6fa;--edge:#c3ccd8;--box:#ffffff;--data:#e8f1fd;--move:#c2410c;--copy:#1d5fb8;--call:#7b8797;color-scheme:light dark}\
@media screen and (prefers-color-scheme:dark){.architecture{--ink:#e8edf4;--faint:#a3afbf;--ground:#10151c;--region:#18202a;--edge:#3a4655;--box:#202a36;--data:#1b3150;--move:#fb923c;--copy:#7ab2ff;--call:#8b98a9}}\
.architecture text{font-family:system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif;fill:var(--ink)}\
.architecture .n{font-size:13px;font-weight:600;text-anchor:middle}.architecture .w{font-size:11px;text-anchor:middle;fill:var(--faint)}\
.architecture .r{font-size:14px;font-weight:700}.architecture .l{font-size:11px;fill:var(--faint)}\
.architecture .ground{fill:var(--ground)}.architecture .region{fill:var(--region);stroke:var(--edge)}\
.architecture .box{fill:var(--box);stroke:var(--edge);stroke-width:1.2}.architecture .data{fill:var(--data);stroke:var(--copy)}.architecture .name{stroke:var(--move);stroke-width:1.8}\
.architecture path.a{fill:none;stroke-width:1.3}.architecture .calls{stroke:var(--call)}.architecture .copies{stroke:var(--copy);stroke-width:2.2}.architecture .sends{stroke:var(--move);stroke-width:2.2}\
.architecture .fails{stroke:var(--move);stroke-width:2.2;stroke-dasharray:6 4}\
.architecture .hc{fill:var(--call)}.architecture .hr{fill:var(--copy)}.architecture .hs{fill:var(--move)}";

type Drawn = Layout<NodeLabel, EdgeLabel>;

pub(super) fn text(graph: &Graph) -> Result<String, String> {
    if graph.boxes.len() > MOST_BOXES {
        let count = graph.boxes.len();
        return Err(format!("{count} boxes make no picture that anybody can read: the most are {MOST_BOXES}"));
    }
    let laid_out = lay_out(graph);
    let (width, height) = size(&laid_out);
    let (width, height) = (width.max(430.0) + 2.0 * MARGIN, height + 2.0 * MARGIN + LEGEND);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" width=\"{width:.0}\" height=\"{height:.0}\" \
         class=\"architecture\" role=\"img\" aria-labelledby=\"architecture-title architecture-desc\">\n\
         <title id=\"architecture-title\">Architecture</title>\n<desc id=\"architecture-desc\">{}</desc>\n\
         <style>{STYLE}</style>\n<defs>{}</defs>\n\
         <rect class=\"ground\" width=\"100%\" height=\"100%\"/>\n<g transform=\"translate({MARGIN} {MARGIN})\">\n",
        plain(&graph.in_words()),
        ["hc", "hr", "hs"].map(head).concat()
    );
    for (number, region) in graph.regions().into_iter().enumerate() {
        if let Some(place) = place(&laid_out, &region_id(number)) {
            draw_region(&mut svg, region, place);
        }
    }
    for (number, arrow) in graph.arrows.iter().enumerate() {
        draw_arrow(&mut svg, &laid_out, number, arrow);
    }
    for (position, one) in graph.boxes.iter().enumerate() {
        if let Some(place) = place(&laid_out, &box_id(position)) {
            draw_box(&mut svg, one, place);
        }
    }
    svg.push_str("</g>\n");
    legend(&mut svg, height - LEGEND);
    svg.push_str("</svg>\n");
    Ok(svg)
}

fn box_id(position: usize) -> String {
    format!("b{position}")
}

fn region_id(number: usize) -> String {
    format!("r{number}")
}

fn lay_out(graph: &Graph) -> Drawn {
    let mut drawn = Drawn::with_options(GraphOptions { directed: true, multigraph: true, compound: true });
    let regions = graph.regions();
    for (number, _) in regions.iter().enumerate() {
        drawn.set_node(region_id(number), Some(NodeLabel::default()));
    }
    for (position, one) in graph.boxes.iter().enumerate() {
        drawn.set_node(
            box_id(position),
            Some(NodeLabel { width: width_of(one), height: HEIGHT, ..NodeLabel::default() }),
        );
        let region = regions.iter().position(|region| Some(*region) == one.region.as_deref());
        if let Some(number) = region {
            drawn.set_parent(&box_id(position), Some(&region_id(number)));
        }
    }
    for (number, arrow) in graph.arrows.iter().enumerate() {
        drawn.set_edge(box_id(arrow.from), box_id(arrow.to), Some(EdgeLabel::default()), Some(&number.to_string()));
    }
    let options =
        LayoutOptions { rankdir: RankDir::LR, nodesep: 16.0, edgesep: 10.0, ranksep: 62.0, ..LayoutOptions::default() };
    layout(&mut drawn, Some(options));
    drawn
}

/// The middle of a node, its width and its height.
type Rectangle = (f64, f64, f64, f64);

fn place(drawn: &Drawn, id: &str) -> Option<Rectangle> {
    let node = drawn.node(id)?;
    Some((node.x?, node.y?, node.width, node.height))
}

fn size(drawn: &Drawn) -> (f64, f64) {
    let nodes = drawn.nodes();
    nodes
        .iter()
        .filter_map(|id| place(drawn, id))
        .fold((0.0_f64, 0.0_f64), |(width, height), (x, y, w, h)| (width.max(x + w / 2.0), height.max(y + h / 2.0)))
}

fn cut(text: &str) -> String {
    let text = plain(text);
    if text.chars().count() <= LONGEST {
        return text;
    }
    let kept: String = text.chars().take(LONGEST - 1).collect();
    format!("{kept}\u{2026}")
}

fn width_of(one: &Component) -> f64 {
    let letters = cut(&one.name).chars().count().max(one.what.chars().count());
    #[allow(clippy::cast_precision_loss, reason = "a few dozen letters")]
    let letters = letters as f64;
    (letters * LETTER + 24.0).max(110.0)
}

fn draw_region(svg: &mut String, region: &str, (x, y, width, height): Rectangle) {
    let (left, top) = (x - width / 2.0, y - height / 2.0);
    let _ = writeln!(
        svg,
        "<rect class=\"region\" x=\"{left:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"10\"/>\
         <text class=\"r\" x=\"{:.1}\" y=\"{:.1}\">{}</text>",
        left + 12.0,
        top + 20.0,
        plain(region)
    );
}

fn draw_box(svg: &mut String, one: &Component, (x, y, width, height): Rectangle) {
    let class = match one.kind {
        Kind::Name => "box name",
        Kind::Database | Kind::Table | Kind::Storage | Kind::Vault => "box data",
        _ => "box",
    };
    let _ = writeln!(
        svg,
        "<g><title>{}</title><rect class=\"{class}\" x=\"{:.1}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"6\"/>\
         <text class=\"n\" x=\"{x:.1}\" y=\"{:.1}\">{}</text><text class=\"w\" x=\"{x:.1}\" y=\"{:.1}\">{}</text></g>",
        one.addresses.iter().map(|address| plain(address)).collect::<Vec<_>>().join(", "),
        x - width / 2.0,
        y - height / 2.0,
        y - 2.0,
        cut(&one.name),
        y + 14.0,
        plain(&one.what)
    );
}

fn look(meaning: Meaning) -> (&'static str, &'static str) {
    match meaning {
        Meaning::Sends => ("sends", "hs"),
        Meaning::FailsOver => ("fails", "hs"),
        Meaning::Calls => ("calls", "hc"),
        Meaning::Replicates => ("copies", "hr"),
    }
}

fn draw_arrow(svg: &mut String, drawn: &Drawn, number: usize, arrow: &Arrow) {
    let edge = drawn.edge(&box_id(arrow.from), &box_id(arrow.to), Some(&number.to_string()));
    let Some(path) = edge.and_then(|edge| curve(&edge.points)) else { return };
    let (class, head) = look(arrow.meaning);
    let _ = writeln!(svg, "<path class=\"a {class}\" d=\"{path}\" marker-end=\"url(#architecture-{head})\"/>");
}

/// Through the middles between the points, bent at the points.
fn curve(points: &[Point]) -> Option<String> {
    let (first, rest) = points.split_first()?;
    let (last, between) = rest.split_last()?;
    let mut path = format!("M{:.1} {:.1}", first.x, first.y);
    for (point, next) in between.iter().zip(between.iter().skip(1).chain([last])) {
        let (x, y) = (f64::midpoint(point.x, next.x), f64::midpoint(point.y, next.y));
        let _ = write!(path, "Q{:.1} {:.1} {x:.1} {y:.1}", point.x, point.y);
    }
    let _ = write!(path, "L{:.1} {:.1}", last.x, last.y);
    Some(path)
}

fn head(class: &str) -> String {
    format!(
        "<marker id=\"architecture-{class}\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"9\" markerHeight=\"9\" \
         markerUnits=\"userSpaceOnUse\" orient=\"auto-start-reverse\"><path class=\"{class}\" d=\"M0 0L10 5L0 10z\"/></marker>"
    )
}

fn legend(svg: &mut String, top: f64) {
    let mut left = MARGIN;
    for meaning in Meaning::ALL {
        let (class, head) = look(meaning);
        let y = top + 18.0;
        let _ = writeln!(
            svg,
            "<path class=\"a {class}\" d=\"M{left:.0} {y:.0}L{:.0} {y:.0}\" marker-end=\"url(#architecture-{head})\"/>\
             <text class=\"l\" x=\"{:.0}\" y=\"{:.0}\">{}</text>",
            left + 30.0,
            left + 36.0,
            y + 4.0,
            meaning.name()
        );
        left += 36.0 + if meaning == Meaning::Sends { 104.0 } else { 70.0 };
    }
}
