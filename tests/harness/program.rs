//! The four programs, and the command that runs each.

use crate::{Kind, Report, Verdict, cargo};
use std::path::{Path, PathBuf};
use std::{cell::RefCell, env, ffi::OsString, sync::OnceLock};

/// One of the four exercises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// Announces clients and answers their messages, one client at a time.
    TcpServer,
    /// Sends typed lines over one connection and shows the replies.
    TcpClient,
    /// Answers each datagram with the local time.
    UdpServer,
    /// Sends typed lines as datagrams and shows the replies.
    UdpClient,
}

/// All four, in the order of the report card.
pub const PROGRAMS: [Program; 4] =
    [Program::TcpServer, Program::TcpClient, Program::UdpServer, Program::UdpClient];

thread_local! {
    /// A test's choice; libtest runs each test in a thread of its own.
    static CHOSEN: RefCell<[Option<Vec<OsString>>; 4]> = RefCell::default();
}

impl Program {
    /// The one with this [`name`](Program::name).
    pub fn named(name: &str) -> Option<Program> {
        PROGRAMS.into_iter().find(|program| program.name() == name)
    }

    /// The name of its crate and binary, `tcp-server`.
    pub fn name(self) -> &'static str {
        ["tcp-server", "tcp-client", "udp-server", "udp-client"][self as usize]
    }

    /// Whether it reads a keyboard.
    pub fn is_client(self) -> bool {
        matches!(self, Program::TcpClient | Program::UdpClient)
    }

    /// The name of its module of tests, `tcp_server`.
    pub fn module(self) -> String {
        self.name().replace('-', "_")
    }

    /// Its Python script in the workspace, `tcp-server/tcp_server.py`.
    pub fn script(self) -> String {
        format!("{}/{}.py", self.name(), self.module())
    }

    /// The variable that names another program to test instead, `TCP_SERVER_CMD`: words between
    /// blanks or, where it has line breaks, between these only, so that a path may hold a blank.
    pub fn command_variable(self) -> String {
        self.module().to_uppercase() + "_CMD"
    }

    /// From now on this test is about what these words start, whatever the variable says.
    pub fn choose(self, words: Vec<OsString>) {
        CHOSEN.with_borrow_mut(|chosen| chosen[self as usize] = Some(words));
    }

    /// The same with this workspace's own.
    pub fn choose_own(self, python: Option<&str>) -> Verdict {
        self.own_command(python).map(|words| self.choose(words))
    }

    /// What starts this workspace's own: the Rust program or, by that interpreter, its script.
    pub fn own_command(self, python: Option<&str>) -> Verdict<Vec<OsString>> {
        let Some(python) = python else { return Ok(vec![self.own()?.into()]) };
        let script = cargo::workspace().join(self.script()).into();
        // Ours need no installed packages, and without -S a start takes twice as long.
        Ok(vec![python.into(), "-u".into(), "-S".into(), script])
    }

    /// The words that start the program under test: the one chosen, the one
    /// in its variable, or the workspace's own. `HOST PORT` comes behind them.
    pub fn command(self) -> Verdict<Vec<OsString>> {
        let variable = self.command_variable();
        let of_variable = || {
            let text = env::var_os(&variable)?.to_string_lossy().into_owned();
            Some(match text.contains('\n') {
                true => text.lines().map(absolute).collect(),
                false => text.split_whitespace().map(absolute).collect(),
            })
        };
        match CHOSEN.with_borrow(|chosen| chosen[self as usize].clone()).or_else(of_variable) {
            None => self.own_command(None),
            Some(words) if !words.is_empty() => Ok(words),
            Some(_) => Err(Report::harness(format!("find a command in {variable}"))),
        }
    }

    /// The workspace's own binary. Cargo builds it first, which it does not do by itself for
    /// another package's tests: they would test a stale one or find none.
    pub fn own(self) -> Verdict<PathBuf> {
        static BUILT: [OnceLock<Result<PathBuf, String>>; 4] = [const { OnceLock::new() }; 4];
        let name = self.name();
        let built = BUILT[self as usize].get_or_init(|| cargo::build(name)).clone();
        let fails = || Report::of(Kind::NotStarted, format!("{name} compiles"));
        built.map_err(|problem| fails().because(problem))
    }
}

/// A path that is right in the user's folder is made absolute: the program has its own.
fn absolute(word: &str) -> OsString {
    let has_folder = Path::new(word).components().count() > 1 || word.contains('.');
    let folders = [env::var_os("PWD").map(PathBuf::from), Some(cargo::workspace())];
    let mut paths = folders.into_iter().flatten().map(|folder| folder.join(word));
    paths.find(|path| has_folder && path.is_file()).map_or(word.into(), OsString::from)
}
