//! A reader of OpenMetrics text (version 1.0) that takes nothing amiss but what the standard rules out.

use std::collections::{BTreeMap, BTreeSet};

/// Units that the standard calls base units, as a family's name ends that has one.
const UNITS: [&str; 8] = ["seconds", "bytes", "celsius", "meters", "ratio", "volts", "amperes", "joules"];

/// A family of metrics.
#[derive(Debug, Default)]
pub struct Family {
    /// Its type.
    pub kind: String,
    /// Its unit, if any.
    pub unit: Option<String>,
    /// What it is.
    pub help: String,
    /// The samples: name, labels as they are written, value.
    pub samples: Vec<(String, String, f64)>,
}

/// All that a process counts.
#[derive(Debug)]
pub struct Exposition {
    /// The families by their names.
    pub families: BTreeMap<String, Family>,
}

impl Exposition {
    /// Reads a whole exposition; panics where it breaks the standard.
    pub fn read(text: &str) -> Self {
        let body = text.strip_suffix("# EOF\n").expect("the end is marked, and nothing follows");
        let mut families: BTreeMap<String, Family> = BTreeMap::new();
        let mut current = String::new();
        for line in body.lines() {
            if let Some(told) = line.strip_prefix("# ") {
                let mut words = told.splitn(3, ' ');
                let (what, name, rest) = (words.next(), words.next().expect("a name"), words.next());
                if name != current {
                    assert!(!families.contains_key(name), "{name} is told of in two places");
                    name.clone_into(&mut current);
                }
                let family = families.entry(name.to_owned()).or_default();
                assert!(family.samples.is_empty(), "{name} is explained after its samples");
                let rest = rest.unwrap_or_default().to_owned();
                match what {
                    Some("HELP") => family.help = rest,
                    Some("TYPE") => family.kind = rest,
                    Some("UNIT") => family.unit = Some(rest),
                    other => panic!("{other:?} is no word of the standard: {line}"),
                }
            } else {
                let (sample, value) = line.rsplit_once(' ').expect("a sample and its value");
                let (name, labels) = sample.split_once('{').unwrap_or((sample, "}"));
                let labels = labels.strip_suffix('}').expect("labels end").to_owned();
                let value = value.parse().unwrap_or_else(|_| panic!("{line}: no number"));
                let family = families.get_mut(&current).expect("a family comes before its samples");
                family.samples.push((name.to_owned(), labels, value));
            }
        }
        let read = Self { families };
        for (name, family) in &read.families {
            family.keeps_to_the_standard(name);
        }
        read
    }

    /// The value of the sample of this name that has all these labels.
    pub fn value(&self, sample: &str, labels: &[(&str, &str)]) -> Option<f64> {
        let all = self.families.values().flat_map(|family| &family.samples);
        let mut found = all.filter(|(name, written, _)| {
            let has = |(label, value): &(&str, &str)| {
                written.split(',').any(|part| part == format!("{label}=\"{value}\""))
            };
            name == sample && labels.iter().all(has)
        });
        found.next().map(|(.., value)| *value)
    }

    /// The names that samples have, or would have.
    pub fn names(&self) -> BTreeSet<String> {
        let suffixes = |kind: &str| match kind {
            "counter" => vec!["_total"],
            "histogram" => vec!["_bucket", "_count", "_sum"],
            "info" => vec!["_info"],
            _ => vec![""],
        };
        let names = |(name, family): (&String, &Family)| {
            suffixes(&family.kind).into_iter().map(|suffix| format!("{name}{suffix}")).collect::<Vec<_>>()
        };
        self.families.iter().flat_map(names).collect()
    }
}

impl Family {
    fn keeps_to_the_standard(&self, name: &str) {
        let proper = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
        assert!(name.chars().all(proper), "{name}");
        assert!(self.help.len() > 5, "{name} is not explained");
        let ends = UNITS.iter().find(|unit| name.ends_with(&format!("_{unit}")));
        assert_eq!(ends.copied(), self.unit.as_deref(), "{name}: a unit is said in the name and by UNIT");
        assert!(!name.ends_with("_total"), "{name}: the suffix is the sample's");
        let mut seen = BTreeSet::new();
        for (sample, labels, value) in &self.samples {
            assert!(seen.insert((sample, labels)), "{sample}{{{labels}}} is there twice");
            let suffix = sample.strip_prefix(name).unwrap_or_else(|| panic!("{sample} within {name}"));
            let fits = match self.kind.as_str() {
                "counter" => suffix == "_total" && *value >= 0.0,
                "gauge" => suffix.is_empty(),
                "histogram" => ["_bucket", "_count", "_sum"].contains(&suffix) && *value >= 0.0,
                "info" => suffix == "_info" && (*value - 1.0).abs() < f64::EPSILON,
                other => panic!("{name} is of no type that we know: {other}"),
            };
            assert!(fits, "{sample}{{{labels}}} {value} is no sample of a {}", self.kind);
        }
        if self.kind == "histogram" {
            self.buckets_grow(name);
        }
    }

    /// Buckets count what is in those before them, too, and the last counts all.
    fn buckets_grow(&self, name: &str) {
        let mut last: Option<(f64, f64)> = None;
        for (sample, labels, value) in &self.samples {
            if sample.ends_with("_bucket") {
                let bound = labels.split(',').find_map(|part| part.strip_prefix("le=\"")?.strip_suffix('"'));
                let bound = bound.unwrap_or_else(|| panic!("{name}: a bucket without a bound"));
                let bound: f64 = bound.parse().unwrap_or(f64::INFINITY);
                if let Some((before, count)) = last {
                    assert!(before < bound && count <= *value, "{name}: {labels}");
                }
                last = bound.is_finite().then_some((bound, *value));
                assert!(bound.is_finite() || last.is_none());
            }
        }
        assert!(last.is_none(), "{name}: the last bucket has no bound");
    }
}
