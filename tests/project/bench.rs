//! The table that `cargo bench` shows, and its limits.

#[path = "../bench/table.rs"]
mod table;

use table::{Figure, Table};

/// Rounds of one figure.
fn rounds(label: &'static str, limit: Option<f64>, values: &[f64]) -> Vec<Vec<Figure>> {
    values.iter().map(|value| vec![(label, limit, Some(*value))]).collect()
}

#[test]
fn a_table_shows_how_many_times_as_much_the_first_program_costs() {
    let mut table = Table::default();
    let of = |values: &[f64]| rounds("CPU (us)", Some(1.25), values);
    let rust = of(&[20_000.0, 24_321.0, 30_000.0, 1.0]);
    let python = of(&[40_000.0, 36_000.0, 30_000.0, 20_000.0]);
    table.part("much", &["Rust", "Python", "C"], &[&rust, &python, &of(&[20_000.0; 4])]);
    table.part("nothing", &["Rust", "C"], &[&of(&[0.0; 2]), &of(&[0.0, 1.0])]);
    table.part("nobody", &["TCP", "UDP"], &[&of(&[101.0, 0.5]), &[]]);
    assert_eq!(
        table.text,
        "\
much                                     Rust / Python        Rust / C                 Rust  Python       C
  CPU (us)                               0.588 (0.500-0.676)  1.11 (1-1.22)           22200   33000   20000 (limit 1.25)

nothing                                  Rust / C                 Rust       C
  CPU (us)                               0 (0-0)                     0   0.500 (limit 1.25)

nobody                                   TCP / UDP                 TCP     UDP
  CPU (us)                               -                        50.8       -

"
    );
}

#[test]
fn a_limit_is_broken_by_more_than_it_allows() {
    let mut table = Table::default();
    for (limit, c) in [(1.25, &[1.0; 3][..]), (1.2, &[1.0; 3]), (1.2, &[])] {
        let [rust, c] =
            [&[9.0, 1.25, 1.0], c].map(|values| rounds("CPU (us)", Some(limit), values));
        table.part("tcp-server", &["Rust", "Python", "C"], &[&rust, &[], &c]);
    }
    assert_eq!(table.broken, ["tcp-server: CPU (us): Rust / C is 1.250 (limit 1.2)"]);
    assert_eq!(table.unchecked, 1);
}
