//! `cargo grade` from outside: its command line, its card, its files.

use super::programs;
use assert_cmd::{assert::OutputAssertExt, cargo::cargo_bin};
use harness::*;
use predicates::str::contains;
use std::{env, fs, path::Path, process::Command};

/// The grader, run from elsewhere: it knows no path of this project's, so that
/// a move of the project's folder changes nothing.
pub fn grader() -> Command {
    let mut command = Command::new(cargo_bin("grade"));
    command.env_remove("CARGO_MANIFEST_DIR").current_dir(env::temp_dir());
    command
}

/// Standard output of a run that ends with `code` and says nothing else.
pub fn shown(grader: &mut Command, code: i32) -> Verdict<String> {
    let assert = output(grader)?.assert().code(code).stderr("");
    Ok(String::from_utf8_lossy(&assert.get_output().stdout).into_owned())
}

/// Puts a file into a submission, as a line with + or < in class.txt says.
pub fn put(folder: &Path, line: &str) -> Verdict {
    let words: Vec<_> = line.splitn(3, ' ').collect();
    let path = folder.join(words[1]);
    fs::create_dir_all(path.parent().unwrap_or(folder))?;
    match words[..] {
        ["+", _, text] => fs::write(&path, text.replace('⏎', "\n"))?,
        ["<", _, source] => {
            let cells: Vec<_> = source.split('`').collect();
            let [old, new] =
                if let [_, old, _, new, _] = cells[..] { [old, new] } else { ["\0", ""] };
            fs::write(&path, cargo::text(cells[0].trim_end())?.replace(old, new))?;
        }
        _ => {
            let ours = Program::named(words[1]).ok_or_else(|| Report::harness("find it"))?;
            fs::copy(ours.own()?, path.with_extension(env::consts::EXE_EXTENSION))?;
        }
    }
    #[cfg(unix)]
    if line.contains(" #!") {
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        fs::set_permissions(&path, mode)?;
    }
    Ok(())
}

#[test]
fn a_sandbox_needs_bubblewrap_and_changes_no_mark() -> Verdict {
    let true = programs::are_to_be_tried()? else { return Ok(()) };
    let folder = Folder::new()?;
    let [own, link] = ["own", "link"].map(|name| folder.path().join(name));
    put(&own, "< udp-server")?;
    #[cfg(unix)]
    std::os::unix::fs::symlink(&own, &link)?;
    let mut command = grader();
    let ended = output(command.arg("--sandbox").arg(if link.exists() { link } else { own }))?;
    let said = String::from_utf8_lossy(&ended.stderr);
    match ended.status.code() == Some(2) && said.contains("bubblewrap") {
        true => drop(checkable(false, said.trim_end())),
        false => drop(ended.assert().success().stderr("")),
    }
    let without = output(command.env("PATH", folder.path()))?.assert();
    without.code(2).stdout("").stderr(contains("apt install bubblewrap"));
    Ok(())
}

/// A link is followed, what is no file is written into, and all before a card that nobody reads.
#[cfg(unix)]
#[test]
fn results_are_written_through_links_and_before_the_card() -> Verdict {
    let true = programs::are_to_be_tried()? else { return Ok(()) };
    use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};
    use std::process::Stdio;
    let (folder, results) = (Folder::new()?, Folder::new()?);
    put(folder.path(), "+ udp-client #!/bin/sh⏎printf 'a\\t好'; exit 3")?;
    let (file, link) = (results.path().join("file"), results.path().join("link"));
    fs::write(&file, "the old results")?;
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600))?;
    symlink("file", &link)?;
    let ended = |json: &Path, csv: &Path, stdout: Stdio| {
        let mut command = grader();
        command.args(["--program", "udp-client", "--json"]).arg(json).arg("--csv").arg(csv);
        command.arg(folder.path()).stdin(Stdio::null()).stdout(stdout).stderr(Stdio::piped());
        process::start(&mut command)?.wait_with_output().map(OutputAssertExt::assert)
    };
    let ended_unread = ended("/dev/null".as_ref(), &link, no_reader()?)?.code(3);
    ended_unread.stderr(contains("cannot write to standard output"));
    assert!(link.is_symlink() && fs::read_to_string(&file)?.contains("udp-client original,"));
    assert_eq!(fs::metadata(&file)?.permissions().mode() & 0o777, 0o600, "nobody else may read it");
    assert!(fs::metadata("/dev/null")?.file_type().is_char_device());

    let json = results.path().join("json");
    let open = fs::File::create(&file)?;
    ended(&json, "/dev/stdout".as_ref(), open.into())?.code(1).stderr("");
    let said = fs::read_to_string(&file)?;
    assert!(said.starts_with("\u{feff}name,submission,"), "{said}");
    assert!(said.contains("\n  fix this first: udp-client: it starts\n"), "{said}");
    let json = fs::read_to_string(json)?;
    assert!(json.contains(r"   output: [udp-client] a\\t好\n"), "{json}");
    Ok(())
}
