//! The machine's Python, where there is one.

use crate::{Report, Verdict, checkable, output};
use std::{env, process::Command, sync::OnceLock};

/// The variable that names the interpreter, for who has several.
pub const VARIABLE: &str = "TEST_PYTHON";

/// The interpreter's own path: `python3` may be a slow wrapper around it.
pub fn find() -> Option<&'static str> {
    static FOUND: OnceLock<Option<String>> = OnceLock::new();
    let ask = |name| {
        let print_path = "import sys; print(sys.executable if sys.version_info[0] == 3 else '')";
        let said = output(Command::new(name).args(["-I", "-c", print_path])).ok()?;
        let path = String::from_utf8(said.stdout).ok()?.trim().to_string();
        (!path.is_empty()).then_some(path)
    };
    let search = || ["python3", "python", "py"].into_iter().find_map(ask);
    FOUND.get_or_init(|| env::var(VARIABLE).ok().or_else(search)).as_deref()
}

/// The interpreter for a test that needs it, or `None`, said aloud: the test
/// then proves nothing and passes, but for CI, where silence would be a lie.
pub fn wanted() -> Verdict<Option<&'static str>> {
    let python = find();
    if python.is_none() && env::var_os("CI").is_some() {
        return Err(Report::harness("find python3, which CI must have"));
    }
    checkable(python.is_some(), "there is no python3 on this machine");
    Ok(python)
}
