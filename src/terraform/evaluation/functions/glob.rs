//! Files by pattern, as `fileset` finds them: `*`, `?`, `[a-z]`, `{a,b}`, and `**` for folders at any depth.

use std::fs;
use std::path::Path;

use super::Failure;

/// How many files and folders are looked at.
const MOST: usize = 1_000_000;

/// The files that match an absolute or relative pattern without `.` and `..` in it.
pub(super) fn files(pattern: &str) -> Result<Vec<String>, Failure> {
    let mut found = Vec::new();
    for pattern in alternatives(pattern)? {
        let parts: Vec<&str> = pattern.split('/').collect();
        let (start, parts) = match parts.split_first() {
            Some((&"", parts)) => ("/".to_owned(), parts.to_vec()),
            _ => (String::new(), parts),
        };
        let mut left = MOST;
        walk(&start, &parts, &mut found, &mut left)?;
    }
    found.sort();
    found.dedup();
    Ok(found)
}

/// The patterns that `{a,b}` stands for.
fn alternatives(pattern: &str) -> Result<Vec<String>, Failure> {
    let mut all = vec![pattern.to_owned()];
    let mut done = Vec::new();
    while let Some(pattern) = all.pop() {
        if all.len() + done.len() > 10_000 {
            return Err("failed to glob pattern: it stands for too many others".to_owned());
        }
        let Some(open) = pattern.find('{') else {
            done.push(pattern);
            continue;
        };
        let inner = &pattern[open + 1..];
        let (mut depth, mut starts, mut close) = (0, vec![0], None);
        for (at, character) in inner.char_indices() {
            match character {
                '{' => depth += 1,
                '}' if depth == 0 => {
                    close = Some(at);
                    break;
                }
                '}' => depth -= 1,
                ',' if depth == 0 => starts.push(at + 1),
                _ => {}
            }
        }
        let close = close.ok_or("failed to glob pattern: syntax error in pattern")?;
        for (index, start) in starts.iter().enumerate() {
            let end = starts.get(index + 1).map_or(close, |next| next - 1);
            all.push(format!("{}{}{}", &pattern[..open], &inner[*start..end], &inner[close + 1..]));
        }
    }
    Ok(done)
}

fn walk(base: &str, parts: &[&str], found: &mut Vec<String>, left: &mut usize) -> Result<(), Failure> {
    let Some((part, rest)) = parts.split_first() else {
        if Path::new(base).is_file() {
            found.push(base.to_owned());
        }
        return Ok(());
    };
    let join = |name: &str| match base {
        "" => name.to_owned(),
        base if base.ends_with('/') => format!("{base}{name}"),
        base => format!("{base}/{name}"),
    };
    if *part == "**" {
        walk(base, rest, found, left)?;
        for (name, is_folder) in entries(base, left)? {
            if is_folder {
                walk(&join(&name), parts, found, left)?;
            } else if rest.is_empty() {
                found.push(join(&name));
            }
        }
        return Ok(());
    }
    if !part.contains(['*', '?', '[', '\\']) {
        let path = join(part);
        return if Path::new(&path).exists() { walk(&path, rest, found, left) } else { Ok(()) };
    }
    for (name, _) in entries(base, left)? {
        if matches(part, &name)? {
            walk(&join(&name), rest, found, left)?;
        }
    }
    Ok(())
}

/// The names in a folder, and whether each is a folder; nothing for what is none.
fn entries(folder: &str, left: &mut usize) -> Result<Vec<(String, bool)>, Failure> {
    let Ok(entries) = fs::read_dir(if folder.is_empty() { "." } else { folder }) else { return Ok(Vec::new()) };
    let mut names = Vec::new();
    for entry in entries.flatten() {
        *left = left.checked_sub(1).ok_or("there are too many files to look through")?;
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        names.push((entry.file_name().to_string_lossy().into_owned(), is_folder));
    }
    names.sort();
    Ok(names)
}

/// One step of a pattern.
enum Token {
    Any,
    One,
    Character(char),
    Class(Class),
}

fn matches(pattern: &str, name: &str) -> Result<bool, Failure> {
    let pattern: Vec<char> = pattern.chars().collect();
    let tokens = tokens(&pattern).ok_or("failed to glob pattern: syntax error in pattern")?;
    let name: Vec<char> = name.chars().collect();
    let (mut token, mut at) = (0, 0);
    // Of several `*` only the last need ever take more.
    let mut last_any: Option<(usize, usize)> = None;
    while at < name.len() {
        let is_match = match tokens.get(token) {
            Some(Token::Any) => {
                last_any = Some((token, at));
                token += 1;
                continue;
            }
            Some(Token::One) => true,
            Some(Token::Character(character)) => *character == name[at],
            Some(Token::Class(class)) => class.contains(name[at]),
            None => false,
        };
        if is_match {
            token += 1;
            at += 1;
        } else if let Some((any, from)) = last_any {
            last_any = Some((any, from + 1));
            token = any + 1;
            at = from + 1;
        } else {
            return Ok(false);
        }
    }
    Ok(tokens[token..].iter().all(|token| matches!(token, Token::Any)))
}

/// The steps; `None` for a pattern that is none.
fn tokens(pattern: &[char]) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = pattern;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        tokens.push(match first {
            '*' => Token::Any,
            '?' => Token::One,
            '[' => {
                let (class, after) = class(after)?;
                rest = after;
                Token::Class(class)
            }
            '\\' => {
                let (escaped, after) = after.split_first()?;
                rest = after;
                Token::Character(*escaped)
            }
            plain => Token::Character(*plain),
        });
    }
    Some(tokens)
}

struct Class {
    is_negated: bool,
    ranges: Vec<(char, char)>,
}

impl Class {
    fn contains(&self, character: char) -> bool {
        self.ranges.iter().any(|(low, high)| (*low..=*high).contains(&character)) != self.is_negated
    }
}

fn class(pattern: &[char]) -> Option<(Class, &[char])> {
    let mut rest = pattern;
    let is_negated = matches!(rest.first(), Some('^' | '!'));
    if is_negated {
        rest = &rest[1..];
    }
    let mut ranges = Vec::new();
    loop {
        let (first, after) = rest.split_first()?;
        if *first == ']' && !ranges.is_empty() {
            return Some((Class { is_negated, ranges }, after));
        }
        let (low, after) = if *first == '\\' { after.split_first()? } else { (first, after) };
        match after {
            ['-', high, after @ ..] if *high != ']' => {
                ranges.push((*low, *high));
                rest = after;
            }
            _ => {
                ranges.push((*low, *low));
                rest = after;
            }
        }
    }
}
