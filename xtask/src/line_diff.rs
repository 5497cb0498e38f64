//! Two short texts, line by line, in the format of `diff`.

/// How many lines around a change are shown.
const CONTEXT: usize = 3;

/// What differs, with the lines around it: those that only the old text has with `-`, those that only the new one has with `+`,
/// and a line `@@` where lines are left out.
pub(crate) fn line_diff(old: &str, new: &str) -> String {
    let lines = marked(old, new);
    let changed: Vec<usize> = (0..lines.len()).filter(|at| !lines[*at].starts_with(' ')).collect();
    let shown = |at: usize| changed.iter().any(|change| change.abs_diff(at) <= CONTEXT);
    let mut text = String::new();
    for (at, line) in lines.iter().enumerate() {
        if shown(at) {
            text.push_str(line);
            text.push('\n');
        } else if at == 0 || shown(at - 1) {
            text.push_str("@@\n");
        }
    }
    text
}

/// All lines of both texts, each with its mark.
fn marked(old: &str, new: &str) -> Vec<String> {
    let (old, new): (Vec<_>, Vec<_>) = (old.lines().collect(), new.lines().collect());
    let common = common_lengths(&old, &new);
    let (mut i, mut j) = (0, 0);
    let mut lines = Vec::new();
    while i < old.len() || j < new.len() {
        let (mark, line) = if i < old.len() && j < new.len() && old[i] == new[j] {
            (i, j) = (i + 1, j + 1);
            (' ', old[i - 1])
        } else if i < old.len() && (j == new.len() || common[i + 1][j] >= common[i][j + 1]) {
            i += 1;
            ('-', old[i - 1])
        } else {
            j += 1;
            ('+', new[j - 1])
        };
        lines.push(format!("{mark}{line}"));
    }
    lines
}

/// How many lines the rests of both texts have in common, from each pair of lines on.
fn common_lengths(old: &[&str], new: &[&str]) -> Vec<Vec<usize>> {
    let mut lengths = vec![vec![0; new.len() + 1]; old.len() + 1];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            lengths[i][j] =
                if old[i] == new[j] { lengths[i + 1][j + 1] + 1 } else { lengths[i + 1][j].max(lengths[i][j + 1]) };
        }
    }
    lengths
}

#[cfg(test)]
mod tests {
    use super::line_diff;

    #[test]
    fn only_what_differs_is_marked() {
        assert_eq!(line_diff("a\nb\nc", "a\nx\nc\nd"), " a\n-b\n+x\n c\n+d\n");
        assert_eq!(line_diff("", "a"), "+a\n");
        assert_eq!(line_diff("a", "a"), "@@\n");
    }

    #[test]
    fn lines_far_from_a_change_are_left_out() {
        assert_eq!(line_diff("1\n2\n3\n4\n5\n6", "1\n2\n3\n4\n5\nx"), "@@\n 3\n 4\n 5\n-6\n+x\n");
        assert_eq!(line_diff("1\n2\n3\n4\n5\n6", "0\n2\n3\n4\n5\n6"), "-1\n+0\n 2\n 3\n 4\n@@\n");
    }
}
