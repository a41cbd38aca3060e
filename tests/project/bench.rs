//! The table that `cargo bench` shows, and its limits.

#[path = "../bench/table.rs"]
mod table;

use table::{Figure, Table};

#[test]
fn a_table_shows_how_many_times_as_much_the_first_costs_and_the_broken_limits() {
    let mut table = Table::default();
    let of = |limit: f64, values: &[f64]| -> Vec<Vec<Figure>> {
        values.iter().map(|value| vec![("CPU (us)", Some(limit), Some(*value))]).collect()
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
    assert_eq!(table.text, include_str!("bench.txt"));
    assert_eq!(table.broken, ["little: CPU (us): Rust / C is 1.250 (limit 1.2)"]);
    assert_eq!(table.unchecked, 1);
}
