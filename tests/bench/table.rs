//! Two columns of measurements, and which of them is better by how much.

use std::fmt;

/// What a reader wants of a number.
#[derive(Clone, Copy)]
pub enum Better {
    /// The smaller one is better.
    Less,
    /// The greater one is better.
    More,
}

/// One plain table, in parts with headings of their own.
#[derive(Default)]
pub struct Table {
    text: String,
    names: [&'static str; 2],
}

impl Table {
    /// Begins a part, whose columns have these names.
    pub fn part(&mut self, title: &str, names: [&'static str; 2]) {
        self.names = names;
        self.text += if self.text.is_empty() { "" } else { "\n" };
        self.line(title, names, ["better", "middle half"]);
    }

    /// Adds a row; each side holds one value per round, or nothing.
    pub fn row(
        &mut self,
        label: &str,
        better: Better,
        left: Vec<Option<f64>>,
        right: Vec<Option<f64>>,
    ) {
        let pairs = left.iter().zip(&right);
        let ratios = pairs.filter_map(|(left, right)| match better {
            Better::Less => Some((*right)? / (*left)?),
            Better::More => Some((*left)? / (*right)?),
        });
        let [verdict, range] = self.verdict(ratios.collect());
        let cell = |values: Vec<Option<f64>>| {
            let middle = median(values.into_iter().flatten().collect());
            middle.map_or("-".to_string(), shown)
        };
        let cells = [cell(left), cell(right)];
        let label = format!("  {label}");
        self.line(&label, [&cells[0], &cells[1]], [&verdict, &range]);
    }

    /// Who is better by how much, and the middle half of the rounds' ratios,
    /// which are greater than 1 where the left side is better.
    fn verdict(&self, mut ratios: Vec<f64>) -> [String; 2] {
        let Some(middle) = median(ratios.clone()) else {
            return ["-", "-"].map(str::to_string);
        };
        let (winner, power) = match middle >= 1.0 {
            true => (self.names[0], 1),
            false => (self.names[1], -1),
        };
        for ratio in &mut ratios {
            *ratio = ratio.powi(power);
        }
        ratios.sort_by(f64::total_cmp);
        let quarter = ratios.len() / 4;
        let (least, most) = (ratios[quarter], ratios[ratios.len() - 1 - quarter]);
        let verdict = match least > 1.0 {
            true => format!("{winner} {} x", rounded(middle.powi(power))),
            false => "neither".to_string(),
        };
        [verdict, format!("{}-{}", rounded(least), rounded(most))]
    }

    fn line(&mut self, label: &str, columns: [&str; 2], verdict: [&str; 2]) {
        let ([left, right], [better, range]) = (columns, verdict);
        let line = format!("{label:38}{left:>8}{right:>8}   {better:13}{range}");
        self.text += &format!("{}\n", line.trim_end());
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The middle one, or what lies between the middle two.
pub fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let upper = *values.get(values.len() / 2)?;
    let lower = values[(values.len() - 1) / 2];
    Some((lower + upper) / 2.0)
}

/// A small count as it is, all else with three digits.
pub fn shown(value: f64) -> String {
    match value.fract() == 0.0 && value < 1e3 {
        true => format!("{value}"),
        false => rounded(value),
    }
}

/// Three digits.
fn rounded(value: f64) -> String {
    match value.log10().floor() as i32 - 2 {
        more @ 1.. => {
            let unit = 10_f64.powi(more);
            format!("{}", (value / unit).round() * unit)
        }
        decimals => format!("{value:.*}", decimals.unsigned_abs() as usize),
    }
}

#[test]
fn a_table_says_which_side_is_better_and_by_how_much() {
    let each = |values: &[f64]| values.iter().copied().map(Some).collect::<Vec<_>>();
    let mut table = Table::default();
    table.part("tcp-server", ["Rust", "Python"]);
    let rust = each(&[20_000.0, 24_321.0, 30_000.0, 1.0]);
    let python = each(&[10_000.0, 12_000.0, 20_000.0, 20_000.0]);
    table.row("round trips (per second)", Better::More, rust, python);
    let (rust, python) = (each(&[1.2, 0.5, 2.0]), each(&[1.5, 0.4, 3.0]));
    table.row("start (ms)", Better::Less, rust, python);
    table.row("memory (KiB)", Better::Less, each(&[2_048.0]), vec![]);
    table.part("100 clients", ["TCP", "UDP"]);
    let (tcp, udp) = (each(&[101.0, 101.0]), each(&[1.0, 1.0]));
    table.row("sockets", Better::Less, tcp, udp);
    assert_eq!(
        table.to_string(),
        "\
tcp-server                                Rust  Python   better       middle half
  round trips (per second)               22200   16000   Rust 1.75 x  1.50-2.00
  start (ms)                              1.20    1.50   neither      0.800-1.50
  memory (KiB)                            2050       -   -            -

100 clients                                TCP     UDP   better       middle half
  sockets                                  101       1   UDP 101 x    101-101
"
    );
}
