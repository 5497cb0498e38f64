//! The valid names nearest to one that is not valid.

/// How many names an error lists at most: more than a few are read by nobody.
const MOST: usize = 3;

/// Below this likeness (0 to 1) a name is no help.
const LEAST_LIKENESS: f64 = 0.7;

/// How like two names are that one slip of a finger tells apart.
const ONE_SLIP: f64 = 0.9;

/// The valid names that are most like `name`, best first, ties in alphabetical order.
pub fn nearest<'a>(name: &str, valid: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut ranked: Vec<(f64, &str)> = valid
        .into_iter()
        .map(|candidate| (likeness(name, candidate), candidate))
        .filter(|(likeness, _)| *likeness >= LEAST_LIKENESS)
        .collect();
    ranked.sort_by(|(left, left_name), (right, right_name)| right.total_cmp(left).then(left_name.cmp(right_name)));
    ranked.into_iter().take(MOST).map(|(_, candidate)| candidate.to_owned()).collect()
}

fn likeness(name: &str, candidate: &str) -> f64 {
    // Short names lose much of their likeness by a single slip: `ky` is not like `key` by Jaro's measure.
    let one_slip = if strsim::damerau_levenshtein(name, candidate) == 1 { ONE_SLIP } else { 0.0 };
    strsim::jaro_winkler(name, candidate).max(one_slip)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn best_first() {
        assert_eq!(nearest("vpcid", ["subnet_id", "vpc_ids", "vpc_id"]), ["vpc_id", "vpc_ids"]);
    }

    #[test]
    fn one_slip_in_a_short_name() {
        assert_eq!(nearest("ky", ["id", "key"]), ["key"]);
        assert_eq!(nearest("oen", ["one", "two"]), ["one"]);
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
