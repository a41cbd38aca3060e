//! What programs cost, side by side, and how many times as much.

/// What is measured, the most that Rust may take where C takes 1, and the
/// value, NaN where the system does not tell.
pub type Figure = (&'static str, Option<f64>, f64);

/// One plain table, in parts with headings of their own.
#[derive(Default)]
pub struct Table {
    pub text: String,
    pub broken: Vec<String>, // the limits that are, a line each
    pub unchecked: usize,    // how many limits there is nothing to hold against
}

impl Table {
    /// Adds a part with these `names` for its sides, each with the figures of
    /// its rounds. Only the first must have rounds.
    pub fn part(&mut self, title: &str, names: &[&str], sides: &[&[Vec<Figure>]]) {
        let first = names[0];
        self.text += &format!("{title:41}");
        for other in &names[1..] {
            self.text += &format!("{:21}", format!("{first} / {other}"));
        }
        names.iter().for_each(|name| self.text += &format!("{name:>8}"));
        for (row, (label, limit, _)) in sides[0].first().into_iter().flatten().enumerate() {
            let rounds = |side: usize| sides[side].iter().map(move |round| round[row].2);
            let mut end = String::new();
            self.text += &format!("\n  {label:39}");
            for (name, other) in names.iter().zip(0..).skip(1) {
                let ratios = rounds(0).zip(rounds(other)).map(|(first, other)| first / other);
                let range @ [_, ratio, _] = quartiles(ratios);
                let [least, middle, most] = range.map(shown);
                let range = format!("{middle} ({least}-{most})");
                self.text += &format!("{:21}", if ratio.is_nan() { middle } else { range });
                let Some(limit) = limit.filter(|_| *name == "C") else { continue };
                end = format!(" (limit {limit})");
                self.unchecked += usize::from(ratio.is_nan());
                if ratio > limit {
                    self.broken.push(format!("{title}: {label}: {first} / C is {ratio:.3}{end}"));
                }
            }
            for side in 0..names.len() {
                self.text += &format!("{:>8}", shown(quartiles(rounds(side))[1]));
            }
            self.text += &end;
        }
        self.text += "\n\n";
    }
}

/// The middle one, or what lies between the middle two, and the ends of the
/// middle half around it. What is no number, such as a ratio to 0, is left out;
/// where nothing is left, they are none, too.
fn quartiles(values: impl Iterator<Item = f64>) -> [f64; 3] {
    let mut values: Vec<_> = values.filter(|value| value.is_finite()).collect();
    values.sort_by(f64::total_cmp);
    let Some(last) = values.len().checked_sub(1) else { return [f64::NAN; 3] };
    let (quarter, half) = (values.len() / 4, values.len() / 2);
    [values[quarter], (values[last / 2] + values[half]) / 2.0, values[last - quarter]]
}

/// A small count as it is, all else with three digits, three decimals at most.
fn shown(value: f64) -> String {
    if value.is_nan() || value.fract() == 0.0 && value < 1e3 {
        return value.to_string().replace("NaN", "-");
    }
    let digits = value.log10().floor() as i32 + 1;
    let unit = 10_f64.powi((digits - 3).max(-3));
    format!("{:.*}", (3 - digits).clamp(0, 3) as usize, (value / unit).round() * unit)
}

#[test]
fn a_table_shows_how_many_times_as_much_the_first_costs_and_the_broken_limits() {
    let mut table = Table::default();
    let of = |limit: f64, values: &[f64]| -> Vec<Vec<Figure>> {
        values.iter().map(|value| vec![("CPU (us)", Some(limit), *value)]).collect()
    };
    let rust = of(1.25, &[20_000.0, 24_321.0, 30_000.0, 1.0]);
    let python = of(1.25, &[40_000.0, 36_000.0, 30_000.0, 20_000.0]);
    let c = of(1.25, &[20_000.0; 4]);
    table.part("much", &["Rust", "Python", "C"], &[&rust, &python, &c]);
    for limit in [1.25, 1.2] {
        let rust = of(limit, &[9.0, 1.25, 1.0]);
        table.part("little", &["Rust", "C"], &[&rust, &of(limit, &[1.0; 3])]);
    }
    table.part("nothing", &["Rust", "C"], &[&of(1.2, &[0.0; 2]), &of(1.2, &[0.0, 1.0])]);
    table.part("nobody", &["Rust", "C"], &[&of(1.2, &[1.0]), &[]]);
    table.part("no limit", &["TCP", "UDP"], &[&of(1.2, &[101.0, 0.5]), &[]]);
    assert_eq!(table.text, include_str!("table.txt"));
    assert_eq!(table.broken, ["little: CPU (us): Rust / C is 1.250 (limit 1.2)"]);
    assert_eq!(table.unchecked, 1);
}
