//! A transcript as something that runs: a block of `console`, which has one
//! line for each thing that happens, in order, with its terminal's number in
//! front:
//!
//!     [1] $ command        it is started
//!     [2] 发消息>>text     the prompt is shown, and text typed with Enter
//!     [2] 发消息>>^D       the prompt is shown, and the input ended
//!     [1] line             the program shows it, or says it as an error
//!     [1] ^C               it is interrupted (behind a prompt, too; Unix)
//!
//! Who was typed an empty line or `^D` leaves with status 0. What is not written
//! must not come. A time may be another, and so may a port, but it is the
//! same one wherever it is written the same, and another where it is not.

use harness::*;
use std::collections::BTreeMap;

const PROMPTS: [&str; 2] = ["发消息>>", "消息>>"];

/// Another program may take a port before a server does, or a connection's
/// end may hold it for a minute: then another port helps.
const ATTEMPTS: usize = 4;

/// One block, its file, and the number of the line that opens it.
pub struct Transcript<'a> {
    file: &'a str,
    number: usize,
    lines: Vec<&'a str>,
}

impl<'a> Transcript<'a> {
    /// All transcripts of a text.
    pub fn all(file: &'a str, text: &'a str) -> Vec<Transcript<'a>> {
        let blocks = text.match_indices("```console\n").map(|(at, fence)| {
            let inside = text[at + fence.len()..].lines();
            let lines = inside.take_while(|line| *line != "```").collect();
            Transcript { file, number: text[..at].lines().count() + 1, lines }
        });
        blocks.collect()
    }

    /// Does all that is written, with programs by these authors, and compares
    /// all that is shown.
    pub fn run(&self, server: Author, client: Author) -> Verdict {
        let (terminals, ports) = (BTreeMap::new(), Ports::default());
        let mut stage = Stage { server, client, terminals, ports };
        for (line, number) in self.lines.iter().zip(self.number + 1..) {
            let happened = stage.happens(line);
            happened.map_err(|report| report.at(&format!("{}:{number}", self.file)))?;
        }
        let over = stage.terminals.values_mut().try_for_each(is_over);
        over.map_err(|report| report.at(&format!("{}:{}", self.file, self.number)))
    }
}

/// The programs that run, and what is known of their ports.
struct Stage<'a> {
    server: Author<'a>,
    client: Author<'a>,
    terminals: BTreeMap<String, (Program, Running)>,
    ports: Ports,
}

impl Stage<'_> {
    /// What one line says.
    fn happens(&mut self, line: &str) -> Verdict {
        let split = line.strip_prefix('[').and_then(|rest| rest.split_once(']'));
        let wrong = || Report::harness("find a terminal that runs something").because(line);
        let (terminal, text) = split.ok_or_else(wrong)?;
        let text = text.strip_prefix(' ').unwrap_or(text);
        if let Some(command) = text.strip_prefix("$ ") {
            let started = self.start(command)?;
            let before = self.terminals.insert(terminal.to_string(), started);
            return before.map_or(Ok(()), |mut before| is_over(&mut before));
        }
        let (program, running) = self.terminals.get_mut(terminal).ok_or_else(wrong)?;
        let prompt = PROMPTS.into_iter().find(|prompt| text.starts_with(prompt));
        if let Some(prompt) = prompt {
            running.shows(prompt)?;
        }
        match &text[prompt.map_or(0, str::len)..] {
            #[cfg(unix)]
            "^C" => return ctrl_c_ends_quietly(running),
            "^D" => {
                running.ends_input();
                running.shows("\n")?;
            }
            typed if prompt.is_some() => {
                running.types(typed)?;
                if !typed.is_empty() {
                    return Ok(());
                }
            }
            line => {
                let error = line.starts_with(&format!("{}: ", program.name()));
                let shown = if error { running.next_error() } else { running.next_line() };
                return self.ports.compare(line, &shown?);
            }
        }
        running.leaves(0)
    }

    /// Starts a program of the workspace and waits until it serves, if it does.
    fn start(&mut self, command: &str) -> Verdict<(Program, Running)> {
        let wrong = || Report::harness("find the program of a command").because(command);
        let words = command.strip_prefix("cargo run -q -p ").ok_or_else(wrong)?;
        let (name, arguments) = words.split_once(" -- ").unwrap_or((words, "127.0.0.1 8888"));
        let lossy = [cargo::sibling("lossy").into()];
        let (program, author) = match PROGRAMS.into_iter().find(|program| program.name() == name) {
            Some(program @ (Program::TcpServer | Program::UdpServer)) => (program, self.server),
            Some(program) => (program, self.client),
            // It shows that it has begun, as tcp-server does.
            None if name == "tests --bin lossy" => (Program::TcpServer, Author::Words(&lossy)),
            None => return Err(wrong()),
        };
        program.choose(author)?;
        let known = self.ports.real.clone();
        let mut attempts = ATTEMPTS;
        loop {
            attempts -= 1;
            let words: Vec<_> =
                arguments.split(' ').map(|word| self.ports.argument(word)).collect();
            let arguments: Vec<_> = words.iter().map(String::as_str).collect();
            let port = arguments.get(1).and_then(|port| port.parse().ok()).unwrap_or(0);
            let address = ([127, 0, 0, 1], port).into();
            let mut running = Running::start_with(program, address, &arguments, &[])?;
            if serves(program, &mut running)? || attempts == 0 || self.ports.real == known {
                return Ok((program, running));
            }
            self.ports.real.clone_from(&known);
        }
    }
}

/// Waits until a server serves; whether it does so and does not end instead.
/// A UDP server shows nothing by itself, so it is sent a datagram, and the line
/// that this makes is taken off the screen.
fn serves(program: Program, running: &mut Running) -> Verdict<bool> {
    match program {
        Program::TcpClient | Program::UdpClient => return Ok(true),
        Program::TcpServer => {
            let quiet =
                |running: &mut Running| running.unseen().is_empty() && running.ended().is_none();
            deadline::poll(deadline::start(), || (!quiet(running)).then_some(()));
        }
        Program::UdpServer => {
            let mut probe = UdpPeer::client_of(running.address())?;
            let sent = probe.sends_first("ready?", running);
            if running.ended().is_none() {
                sent?;
                let port = probe.address().port();
                running.shows(&format!("recv from ('127.0.0.1', {port}):ready?\n"))?;
                probe.receives_reply()?;
            }
        }
    }
    Ok(running.ended().is_none())
}

/// Nothing has come that is not written, but for a prompt that nobody answers.
/// A client comes to one, or to its end.
fn is_over((program, running): &mut (Program, Running)) -> Verdict {
    let prompts = |shown: &[u8]| PROMPTS.iter().any(|prompt| shown == prompt.as_bytes());
    if matches!(program, Program::TcpClient | Program::UdpClient) {
        let over = || (prompts(&running.unseen()) || running.ended().is_some()).then_some(());
        let over = deadline::poll(deadline::start(), over);
        over.ok_or_else(|| running.failed("the client prompts, and shows nothing more"))?;
    }
    let more = running.unseen();
    match more.is_empty() || prompts(&more) {
        true => running.is_quiet(),
        false => Err(Report::failed("nothing more is shown").compared(b"", &more, true)),
    }
}

/// The real port of each that is written, from its first appearance on.
#[derive(Default)]
pub struct Ports {
    real: BTreeMap<String, String>,
    held: Vec<Port>,
}

impl Ports {
    /// A word of a command, where a new number gets a free port.
    fn argument(&mut self, word: &str) -> String {
        let new = || {
            self.held.push(Port::free());
            self.held.last().map(|port| port.number().to_string()).unwrap_or_default()
        };
        match word.parse::<u16>() {
            Ok(_) => self.real.entry(word.to_string()).or_insert_with(new).clone(),
            Err(_) => word.to_string(),
        }
    }

    /// What is `shown` is what is `written`, but for times and real ports.
    pub fn compare(&mut self, written: &str, shown: &str) -> Verdict {
        let mut expected = String::new();
        let pieces_shown = pieces(shown);
        for (index, piece) in pieces(written).into_iter().enumerate() {
            let is_port = index % 2 == 1;
            let came = pieces_shown.get(index).map(|port| port.to_string()).filter(|_| is_port);
            let came = came.filter(|port| !self.real.values().any(|other| other == port));
            if let (Some(port), false) = (came, self.real.contains_key(piece)) {
                self.real.insert(piece.to_string(), port);
            }
            let real = self.real.get(piece).filter(|_| is_port);
            expected += real.map_or(piece, String::as_str);
        }
        let (expected, shown) = (timeless(expected), timeless(shown.to_string()));
        match shown == expected {
            true => Ok(()),
            false => Err(Report::failed("what is shown is what is written").compared(
                expected.as_bytes(),
                shown.as_bytes(),
                true,
            )),
        }
    }
}

/// `text` in pieces; every second one is the port of an address.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = vec![];
    let mut rest = 0;
    for (at, host) in text.match_indices("127.0.0.1") {
        let behind = text[at + host.len()..].trim_start_matches(['\'', ',', ':', ' ']);
        let start = text.len() - behind.len();
        let end = text.len() - behind.trim_start_matches(|one: char| one.is_ascii_digit()).len();
        if start < end {
            pieces.extend([&text[rest..start], &text[start..end]]);
            rest = end;
        }
    }
    pieces.push(&text[rest..]);
    pieces
}

/// `text` with times of C's form made equal.
fn timeless(mut text: String) -> String {
    let is_time = |text: &str, at: usize| text.get(at..at + 24).is_some_and(is_time);
    while let Some(at) = (0..text.len()).find(|at| is_time(&text, *at)) {
        text.replace_range(at..at + 24, "TIME");
    }
    text
}

/// Whether `text` has the form `Sun Nov  2 10:22:16 2026`.
fn is_time(text: &str) -> bool {
    let form = "Aaa Aaa 99 99:99:99 9999".chars();
    text.chars().zip(form).all(|(one, form)| match form {
        'A' => one.is_ascii_uppercase(),
        'a' => one.is_ascii_lowercase(),
        '9' => one.is_ascii_digit() || one == ' ',
        other => one == other,
    })
}

#[test]
fn a_port_is_the_same_wherever_it_is_written_the_same() {
    let mut ports = Ports::default();
    let line = |port| format!("connect from ('127.0.0.1', {port})");
    for (written, shown, right) in [(1, 7, true), (2, 7, false), (1, 8, false), (2, 8, true)] {
        let compared = ports.compare(&line(written), &line(shown));
        assert_eq!(compared.is_ok(), right, "{written} {shown}");
    }
}

#[test]
fn an_error_that_is_not_written_must_not_come() {
    let written = "```console\n[1] $ cargo run -q -p tcp-client -- localhost http\n\
        [1] tcp-client: port \"http\" is not a number from 0 to 65535\n```\n";
    let (unwritten, _) = written.split_once("[1] tcp").unwrap_or_default();
    for (text, right) in [(written, true), (unwritten, false)] {
        let run = Transcript::all("", text)[0].run(Author::Rust, Author::Rust);
        assert_eq!(run.is_ok(), right, "{text}");
    }
}
