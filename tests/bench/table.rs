//! What programs cost, side by side, and how many times as much.

/// What is measured, the most that Rust may take where C takes 1, and the
/// value, `None` where the system does not tell.
pub type Figure = (&'static str, Option<f64>, Option<f64>);

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
        let heads = names[1..].iter().map(|other| format!("{} / {other}", names[0]));
        let heads: Vec<_> = heads.collect();
        self.text += &format!("{title:41}");
        heads.iter().for_each(|head| self.text += &format!("{head:21}"));
        names.iter().for_each(|name| self.text += &format!("{name:>8}"));
        for (row, (label, limit, _)) in sides[0].first().into_iter().flatten().enumerate() {
            let rounds = |side: usize| sides[side].iter().map(move |round| round[row].2);
            let mut end = String::new();
            self.text += &format!("\n  {label:39}");
            for (head, other) in heads.iter().zip(1..) {
                let both = rounds(0).zip(rounds(other));
                let ratio = quartiles(both.filter_map(|(first, other)| Some(first? / other?)));
                let range = ratio.map(|ratio| ratio.map(shown));
                let range = range.map(|[least, middle, most]| format!("{middle} ({least}-{most})"));
                self.text += &format!("{:21}", range.unwrap_or("-".into()));
                let Some(limit) = limit.filter(|_| names[other] == "C") else { continue };
                end = format!(" (limit {limit})");
                self.unchecked += usize::from(ratio.is_none());
                let broken = ratio.filter(|[_, ratio, _]| *ratio > limit);
                let broken = broken.map(|[_, ratio, _]| format!("{head} is {ratio:.3}{end}"));
                self.broken.extend(broken.map(|broken| format!("{title}: {label}: {broken}")));
            }
            for side in 0..names.len() {
                let middle = quartiles(rounds(side).flatten()).map(|[_, middle, _]| shown(middle));
                self.text += &format!("{:>8}", middle.unwrap_or("-".into()));
            }
            self.text += &end;
        }
        self.text += "\n\n";
    }
}

/// The middle one, or what lies between the middle two, and the ends of the
/// middle half around it. What is no number, such as a ratio to 0, is left out.
fn quartiles(values: impl Iterator<Item = f64>) -> Option<[f64; 3]> {
    let mut values: Vec<_> = values.filter(|value| value.is_finite()).collect();
    values.sort_by(f64::total_cmp);
    let (quarter, last) = (values.len() / 4, values.len().checked_sub(1)?);
    let middle = (values[last / 2] + values[values.len() / 2]) / 2.0;
    Some([values[quarter], middle, values[last - quarter]])
}

/// A small count as it is, all else with three digits, three decimals at most.
fn shown(value: f64) -> String {
    if value.fract() == 0.0 && value < 1e3 {
        return value.to_string();
    }
    let digits = value.log10().floor() as i32 + 1;
    let unit = 10_f64.powi((digits - 3).max(-3));
    format!("{:.*}", (3 - digits).clamp(0, 3) as usize, (value / unit).round() * unit)
}
