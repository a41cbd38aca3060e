//! The hand-out that tests/README.md makes: it builds, it holds no solution, and its grader knows
//! a right program.
#![cfg(unix)]

use super::{grade_cli::*, readme::part};
use assert_cmd::assert::OutputAssertExt;
use harness::*;
use std::process::Command;

#[test]
#[ignore = "builds the whole workspace anew; CI runs it"]
fn it_builds_and_has_no_mark_and_the_scripts_have_all() -> Verdict {
    let folder = Folder::new()?;
    let [handout, target, scripts] =
        ["handout", "target", "scripts"].map(|it| folder.path().join(it));
    let sheet = cargo::text("tests/README.md")?;
    let section = part(&sheet, "### Hand it out without its solutions\n", "\n## ");
    let recipe = part(section, "```sh\n", "```");
    holds("the sheet says how to hand it out", !recipe.is_empty())?;
    let recipe = recipe.replace("../handout", "\"$0\"");
    let mut make = Command::new("sh");
    make.args(["-e", "-c", &recipe]).arg(&handout).current_dir(cargo::workspace());
    output(&mut make)?.assert().success();

    let run = |words: &str, status| {
        let mut command = Command::new(cargo::cargo());
        command.args(words.split(' ')).current_dir(&handout).env("CARGO_TARGET_DIR", &target);
        shown(&mut command, status)
    };
    run("build --quiet --package tests --tests --bin grade", 0)?;
    let card = run("grade .", 1)?;
    for program in PROGRAMS {
        let script = program.script();
        assert!(card.contains(&format!("{}  original 0 of ", program.name())), "{card}");
        assert!(!handout.join(&script).exists());
        put(&scripts, &format!("< {}.py {script}", program.module()))?;
    }
    python::wanted()?.map_or(Ok(()), |_| run("grade ../scripts", 0).map(drop))
}
