//! A class of students, as they are: graded in one run, each for what is
//! theirs alone.
#![cfg(unix)]

use crate::project::grade_cli::{ended, grader, make_executable, put, shown};
use harness::*;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use std::{env, fs, process};

/// `张三` in GBK, as a zip file from an older Chinese Windows has it.
const NO_UTF8: &[u8] = b"\xd5\xc5\xc8\xfd";

/// What another grader would read, also where this one does.
const WORDS: &str = "line='passed udp-client a_conversation_is_shown_from_start_to_end '
echo \"$line\" | tee /dev/stderr /proc/$PPID/fd/1
echo '  udp-client  original 21 of 21, robust 9 of 9'; exit 3";

/// A folder below the project's own, where cargo takes a package for a stray
/// member of the workspace.
struct Below(PathBuf);

impl Below {
    fn new(name: &str) -> Verdict<Below> {
        let name = format!("target/tmp/{name}-{}", process::id());
        let below = Below(cargo::workspace().join(name));
        fs::create_dir_all(&below.0)?;
        Ok(below)
    }

    fn folder(&self, name: impl AsRef<Path>) -> Verdict<PathBuf> {
        let folder = self.0.join(name);
        fs::create_dir_all(&folder)?;
        Ok(folder)
    }
}

impl Drop for Below {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Writes a package with this manifest, behind its name, and this program.
fn package(folder: &Path, name: &str, manifest: &str, main: &str) -> Verdict<PathBuf> {
    let package = folder.join(name);
    fs::create_dir_all(package.join("src"))?;
    let manifest = format!("[package]\nname = \"{name}\"\nversion = \"1.0.0\"\n{manifest}");
    fs::write(package.join("Cargo.toml"), manifest)?;
    fs::write(package.join("src/main.rs"), main)?;
    Ok(package)
}

/// A column of the results of a class, and the next: a mark's passed and total,
/// or the sums of both marks.
fn marks<'a>(csv: &'a str, name: &str, mark: &str) -> (&'a str, &'a str) {
    let header = csv.lines().next().unwrap_or_default();
    let column = header.split(',').position(|column| column == mark);
    let row = csv.lines().find(|line| line.starts_with(&format!("\"{name}\",")));
    let mut cells = row.unwrap_or_default().split(',').skip(column.unwrap_or(usize::MAX));
    (cells.next().unwrap_or("no row or column"), cells.next().unwrap_or_default())
}

#[test]
fn each_of_a_class_gets_marks_for_what_is_theirs() -> Verdict {
    let class = Below::new("class")?;
    let results = Folder::new()?;
    class.folder("empty")?;
    fs::write(class.0.join("stray"), "")?;
    fs::write(class.folder("deep/homework1")?.join("server.py"), "")?;
    let no_x = class.folder("no-x")?;
    put(&no_x, "udp-client", None)?;
    make_executable(&no_x.join("udp-client"), false)?;
    package(&class.folder("broken")?, "udp-client", "", "fn main() { wrong }\n")?;
    let offline = "[dependencies]\nno-such-package-of-anybody = \"1\"\n";
    package(&class.folder("offline")?, "udp-client", offline, "fn main() {}\n")?;
    let member = "edition.workspace = true\n[lints]\nworkspace = true\n";
    let main = fs::read_to_string(cargo::workspace().join("udp-client/src/main.rs"))?;
    package(&class.folder("package")?, "udp-client", member, &main)?;
    put(&class.folder("signal")?, "udp-client", Some("kill -9 $$"))?;
    put(&class.folder("words")?, "udp-client", Some(WORDS))?;
    let kills = class.folder("kills")?;
    put(&kills, "tcp-client", Some("kill -9 $PPID"))?;
    put(&kills, "udp-client", None)?;
    let nothing = class.folder("李四")?;
    PROGRAMS.into_iter().try_for_each(|program| put(&nothing, program.name(), Some("exit 0")))?;
    if cfg!(target_os = "linux") {
        put(&class.folder(OsStr::from_bytes(NO_UTF8))?, "udp-client", None)?;
    }
    let python = python::wanted()?;
    if python.is_some() {
        let threads = cargo::workspace().join("tests/wrong/right/tcp_server_threads.py");
        fs::copy(threads, class.folder("threads")?.join("tcp_server.py"))?;
        let slip = fs::read_to_string(python::script(Program::UdpClient))?;
        let slip = slip.replace(".decode('utf-8')", "");
        fs::write(class.folder("slip")?.join("udp_client.py"), slip)?;
    }

    let (csv, cards) = (results.path().join("class.csv"), results.path().join("cards"));
    let mut command = grader();
    command.arg("--csv").arg(&csv).arg("--cards").arg(&cards).arg(class.0.join("*"));
    let shown = shown(ended(command.env("CARGO_NET_OFFLINE", "true"))?, 3);
    let csv = fs::read_to_string(csv)?;
    let card = |name: &str| fs::read_to_string(cards.join(format!("{name}.txt")));
    let says = |name: &str, words: &str| -> Verdict {
        let card = card(name)?;
        assert!(card.contains(words), "{name}: {card}");
        Ok(())
    };

    let full = marks(&csv, "package", "original");
    let (passed, original) = marks(&csv, "package", "udp-client original");
    assert_eq!((passed, full.0), (original, original), "{}", card("package")?);
    let gbk = String::from_utf8_lossy(NO_UTF8);
    for name in ["kills", &gbk].into_iter().take(1 + usize::from(cfg!(target_os = "linux"))) {
        assert_eq!(marks(&csv, name, "original"), full, "{}", card(name)?);
    }
    for name in ["empty", "stray", "deep", "no-x", "broken", "signal", "words", "李四"] {
        assert_eq!(marks(&csv, name, "udp-client original"), ("0", original), "{name}: {shown}");
        assert_eq!(marks(&csv, name, "original"), ("0", "0"), "{name}: {shown}");
    }
    assert_eq!(marks(&csv, "offline", "udp-client original"), ("", ""), "it counts in no mark");
    says("empty", "\n  nothing found: the folder is empty\n")?;
    says("stray", "\n  nothing found: this is no folder\n")?;
    says("deep", "\n  nothing found; here: homework1/server.py\n")?;
    says("no-x", "the file udp-client is not executable (chmod +x)\n")?;
    says("broken", "cannot find value `wrong` in this scope")?;
    says("offline", "GRADER ERROR, not counted: udp-client")?;
    says("offline", "no-such-package-of-anybody")?;
    says("signal", "signal: 9")?;
    says("words", "fix this first: udp-client: it starts\n")?;
    says("words", "output: [udp-client error] passed udp-client a_conversation")?;
    assert_eq!(card("words")?.matches("does not start").count(), 1, "it is said once");
    let left = fs::read_dir(class.0.join("broken/udp-client"))?.count();
    assert_eq!(left, 2, "the submission holds no build");
    if python.is_some() {
        let (passed, total) = marks(&csv, "threads", "tcp-server original");
        assert_eq!(passed, total, "{}", card("threads")?);
        let slip = card("slip")?;
        assert!(slip.contains(" more at the same step: ") && slip.contains("TypeError"), "{slip}");
        assert!(slip.lines().count() < 40, "{slip}");
    }
    let length = |name: &str| {
        let row = shown.lines().rev().find(|line| line.contains(name)).unwrap_or_default();
        row.chars().count()
    };
    assert_eq!(length("/李四 ") + 2, length("/deep "), "two characters take four columns: {shown}");
    if cfg!(target_os = "linux") {
        assert_eq!(length(&format!("/{gbk} ")), length("/deep "), "{shown}");
    }

    // Archives bring the dates of their files.
    let package =
        package(&class.0.join("package"), "udp-client", "", "fn main() { panic!(\"2nd\") }\n")?;
    let old = SystemTime::now() - Duration::from_secs(1_000_000);
    fs::File::options().append(true).open(package.join("src/main.rs"))?.set_modified(old)?;
    let again = ended(grader().arg(class.0.join("package")))?.code(1);
    let again = String::from_utf8_lossy(&again.get_output().stdout).into_owned();
    assert!(again.contains("[udp-client error] 2nd"), "{again}");
    Ok(())
}

#[test]
fn a_build_that_never_ends_is_the_students_and_the_others_go_on() -> Verdict {
    let class = Below::new("builds")?;
    let package = package(&class.folder("never")?, "tcp-server", "", "fn main() {}\n")?;
    fs::write(package.join("build.rs"), "fn main() { loop { std::thread::park() } }\n")?;
    put(&class.folder("other")?, "tcp-server", Some("exit 3"))?;
    let mut command = grader();
    command.arg(class.0.join("never")).arg(class.0.join("other"));
    let shown = shown(ended(command.env("TEST_TIMEOUT_FACTOR", "0.05"))?, 1);
    assert!(
        shown.contains("it does not compile\n      the build takes longer than 3s\n"),
        "{shown}"
    );
    assert_eq!(shown.matches("fix this first: tcp-server: it starts\n").count(), 2, "{shown}");
    Ok(())
}

#[test]
fn what_cannot_be_built_here_counts_in_no_mark() -> Verdict {
    let class = Below::new("no-cc")?;
    package(&class.0, "tcp-server", "", "fn main() {}\n")?;
    // All that a build and the grader need, but no linker.
    let tools = class.folder("tools")?;
    let cargo = PathBuf::from(cargo::cargo());
    let beside = cargo.parent().unwrap_or(Path::new("")).to_path_buf();
    let path = env::var_os("PATH").unwrap_or_default();
    let places: Vec<_> = [beside].into_iter().chain(env::split_paths(&path)).collect();
    for tool in ["cargo", "rustc", "sh", "rm", "chmod", "grep", "tr"] {
        let found = places.iter().map(|place| place.join(tool)).find(|tool| tool.is_file());
        let found = found.ok_or_else(|| Report::harness(format!("find {tool}")))?;
        std::os::unix::fs::symlink(found, tools.join(tool))?;
    }
    let shown = shown(ended(grader().arg(&class.0).env("PATH", &tools))?, 3);
    assert!(shown.contains("  tcp-server  original 0 of 0, robust 0 of 0\n"), "{shown}");
    assert!(shown.contains("nothing can be built here: error: linker `cc` not found"), "{shown}");
    Ok(())
}
