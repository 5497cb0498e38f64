//! The valid names nearest to one that is not valid.

/// How many names an error lists at most: more than a few are read by nobody.
const MOST: usize = 3;

/// Below this likeness (0 to 1) a name is no help.
const LEAST_LIKENESS: f64 = 0.7;

/// The valid names that are most like `name`, best first, ties in alphabetical order.
pub fn nearest<'a>(name: &str, valid: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut ranked: Vec<(f64, &str)> = valid
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(name, candidate), candidate))
        .filter(|(likeness, _)| *likeness >= LEAST_LIKENESS)
        .collect();
    ranked.sort_by(|(left, left_name), (right, right_name)| right.total_cmp(left).then(left_name.cmp(right_name)));
    ranked.into_iter().take(MOST).map(|(_, candidate)| candidate.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn best_first() {
        assert_eq!(nearest("vpcid", ["subnet_id", "vpc_ids", "vpc_id"]), ["vpc_id", "vpc_ids"]);
    }

    #[test]
    fn nothing_like_it() {
        assert_eq!(nearest("zebra", ["vpc_id", "arn"]), Vec::<String>::new());
    }

    #[test]
    fn ties_and_limits() {
        assert_eq!(nearest("name", ["named", "namec", "nameb", "namea"]), ["namea", "nameb", "namec"]);
    }
}
