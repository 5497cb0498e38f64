//! Lines that fit: messages are read in terminals, logs and reviews beside each other.

/// How many columns a line of a message has at most, as long as no word in it is longer.
pub(crate) const COLUMNS: usize = 100;

/// The text in lines of at most so many columns. What is between backticks is typed or compared, and stays in one line.
pub(crate) fn wrapped(text: &str, columns: usize) -> String {
    let lines: Vec<String> = text.split('\n').map(|line| wrapped_line(line, columns)).collect();
    lines.join("\n")
}

fn wrapped_line(line: &str, columns: usize) -> String {
    if line.chars().count() <= columns {
        return line.to_owned();
    }
    let mut wrapped = String::with_capacity(line.len() + 2);
    let mut column = 0;
    for word in words(line) {
        let length = word.chars().count();
        if column > 0 && column + 1 + length > columns {
            wrapped.push('\n');
            column = 0;
        } else if column > 0 {
            wrapped.push(' ');
            column += 1;
        }
        wrapped.push_str(word);
        column += length;
    }
    wrapped
}

/// What is between spaces that are not between backticks.
fn words(line: &str) -> impl Iterator<Item = &str> {
    let mut is_quoted = false;
    line.split(move |c| {
        is_quoted ^= c == '`';
        c == ' ' && !is_quoted
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_stays_as_it_is() {
        assert_eq!(wrapped("a  b", 4), "a  b");
        assert_eq!(wrapped("one\ntwo", 3), "one\ntwo");
    }

    #[test]
    fn lines_end_between_words_and_not_in_code() {
        assert_eq!(wrapped("one two three", 8), "one two\nthree");
        assert_eq!(wrapped("run `a b c` now", 9), "run\n`a b c`\nnow");
        assert_eq!(wrapped("overlongword is there", 6), "overlongword\nis\nthere");
        assert_eq!(wrapped("éé éé", 4), "éé\néé");
    }
}
