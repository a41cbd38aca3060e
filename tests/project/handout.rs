//! The hand-out that tests/README.md makes: it builds, it holds no solution,
//! and its grader knows a right program.
#![cfg(unix)]

use super::{
    grade_cli::{put, shown},
    readme::part,
};
use assert_cmd::assert::OutputAssertExt;
use harness::*;
use std::path::Path;
use std::process::Command;

#[test]
#[ignore = "builds the whole workspace anew; CI runs it"]
fn it_builds_and_has_no_mark_and_the_scripts_have_all() -> Verdict {
    let folder = Folder::new()?;
    let handout = folder.path().join("handout");
    let sheet = cargo::text("tests/README.md")?;
    let section = part(&sheet, "### Hand it out without its solutions\n", "\n## ");
    let recipe = part(section, "```sh\n", "```");
    holds("the sheet says how to hand it out", !recipe.is_empty())?;
    let recipe = recipe.replace("../handout", "\"$0\"");
    let mut make = Command::new("sh");
    make.args(["-e", "-c", &recipe]).arg(&handout).current_dir(cargo::workspace());
    output(&mut make)?.assert().success();

    let target = folder.path().join("target");
    let mut build = Command::new(cargo::cargo());
    build.args(["build", "--quiet", "--package", "tests", "--tests", "--bin", "grade"]);
    build.current_dir(&handout).env("CARGO_TARGET_DIR", &target);
    output(&mut build)?.assert().success();

    let grade = |submission: &Path, status| -> Verdict<String> {
        let mut grade = Command::new(target.join("debug/grade"));
        grade.arg(submission).current_dir(&handout).env_remove("CARGO_MANIFEST_DIR");
        shown(&mut grade, status)
    };
    let card = grade(&handout, 1)?;
    for program in PROGRAMS {
        assert!(card.contains(&format!("{}  original 0 of ", program.name())), "{card}");
        assert!(!handout.join(program.name()).join(program.script_name()).exists());
    }
    if python::wanted()?.is_some() {
        let scripts = folder.path().join("scripts");
        for (program, script) in PROGRAMS.map(|program| (program.name(), program.script_name())) {
            put(&scripts, &format!("< {script} {program}/{script}"))?;
        }
        grade(&scripts, 0)?;
    }
    Ok(())
}
