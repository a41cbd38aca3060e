//! A transcript as something that runs: a block of `console`, which has one line for each thing
//! that happens, in order, with its terminal's number in front:
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

use crate::project::programs;
use harness::*;
use std::{collections::BTreeMap, thread};

const HOST: &str = "127.0.0.1";
const PROMPTS: [&str; 2] = ["发消息>>", "消息>>"];

/// Runs all transcripts of these texts, each behind its file's name, with every pair of a server
/// and a client by these authors, if this project's programs are to be tried, and all at once:
/// each has ports of its own, and a thread, as a test has.
pub fn run_all(texts: &[(&str, String)], authors: &[Author]) -> Verdict {
    let true = programs::are_to_be_tried() else { return Ok(()) };
    let mut runs = vec![];
    for (file, text) in texts {
        let mut lines = text.lines().zip(1..).map(|(line, n)| (format!("{file}:{n}"), line));
        while lines.any(|(_, line)| line == "```console") {
            let block: Vec<_> = lines.by_ref().take_while(|(_, line)| *line != "```").collect();
            for server in authors {
                runs.extend(authors.iter().map(|client| (block.clone(), *server, *client)));
            }
        }
    }
    holds("there are transcripts", !runs.is_empty())?;
    thread::scope(|scope| {
        let start = |(lines, server, client)| scope.spawn(move || run(lines, server, client));
        let running: Vec<_> = runs.into_iter().map(start).collect();
        running.into_iter().try_for_each(|one| one.join().expect("no panic"))
    })
}

/// Does all that is written, with programs by these authors, and compares all that is shown.
fn run(lines: Vec<(String, &str)>, server: Author, client: Author) -> Verdict {
    let (terminals, ports) = (BTreeMap::new(), Ports::default());
    let mut stage = Stage { server, client, terminals, ports };
    for (place, line) in &lines {
        let place = format!("{place}, {server:?} with {client:?}");
        stage.happens(line).map_err(|report| report.at(&place))?;
    }
    let over = stage.terminals.values_mut().try_for_each(is_over);
    over.map_err(|report| report.at(&format!("behind {}", lines[lines.len() - 1].0)))
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
        let split = line.strip_prefix('[').and_then(|rest| rest.split_once("] "));
        let wrong = || Report::harness("find a terminal that runs something").because(line);
        let (terminal, text) = split.ok_or_else(wrong)?;
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
            "^C" => ctrl_c_ends_quietly(running),
            "^D" => {
                running.ends_input();
                running.shows("\n")?;
                running.leaves(0)
            }
            typed if prompt.is_some() => {
                running.types(typed)?;
                if typed.is_empty() { running.leaves(0) } else { Ok(()) }
            }
            line => {
                let error = line.starts_with(&format!("{}: ", program.name()));
                let shown = if error { running.next_error() } else { running.next_line() };
                self.ports.compare(line, &shown?)
            }
        }
    }

    /// Starts a program of the workspace and waits until it serves, if it does.
    fn start(&mut self, command: &str) -> Verdict<(Program, Running)> {
        let wrong = || Report::harness("find the program of a command").because(command);
        let words = command.strip_prefix("cargo run -q -p ").ok_or_else(wrong)?;
        let (name, arguments) = words.split_once(" -- ").unwrap_or((words, "127.0.0.1 8888"));
        let lossy = [cargo::sibling("lossy").into()];
        let (program, author) = match Program::named(name) {
            Some(program) if program.is_client() => (program, self.client),
            Some(program) => (program, self.server),
            // It shows that it has begun, as tcp-server does.
            None if name == "tests --bin lossy" => (Program::TcpServer, Author::Words(&lossy)),
            None => return Err(wrong()),
        };
        program.choose(author)?;
        let (known, mut attempt) = (self.ports.real.clone(), 1);
        loop {
            let words = arguments.split(' ').map(|word| self.ports.argument(word));
            let words: Vec<_> = words.collect();
            let words: Vec<_> = words.iter().map(String::as_str).collect();
            let port = words.get(1).and_then(|port| port.parse().ok()).unwrap_or(0);
            let address = ([127, 0, 0, 1], port).into();
            let mut running = Running::start_with(program, address, &words)?;
            if serves(program, &mut running)? || attempt == ATTEMPTS {
                return Ok((program, running));
            }
            self.ports.real.clone_from(&known);
            attempt += 1;
        }
    }
}

/// Waits until a server serves; whether it does so and does not end instead.
/// A UDP server shows nothing by itself, so it is sent a datagram, and the line
/// that this makes is taken off the screen.
fn serves(program: Program, running: &mut Running) -> Verdict<bool> {
    if program == Program::TcpServer {
        let quiet = |one: &mut Running| one.unseen().is_empty() && one.ended().is_none();
        deadline::poll(deadline::start(), || (!quiet(running)).then_some(()));
    } else if program == Program::UdpServer {
        let mut probe = Peer::client_of(running.address())?;
        let sent = probe.sends_first("ready?", running);
        if running.ended().is_some() {
            return Ok(false);
        }
        sent?;
        probe.is_answered(running, "ready?")?;
    }
    Ok(program.is_client() || running.ended().is_none())
}

/// Nothing has come that is not written, but for a prompt that nobody answers.
/// A client comes to one, or to its end.
fn is_over((program, running): &mut (Program, Running)) -> Verdict {
    let prompts = |one: &Running| PROMPTS.iter().any(|prompt| one.unseen() == prompt.as_bytes());
    if program.is_client() {
        let over = || (prompts(running) || running.ended().is_some()).then_some(());
        let over = deadline::poll(deadline::start(), over);
        over.ok_or_else(|| running.failed("the client prompts, and shows nothing more"))?;
    }
    if !prompts(running) {
        equals("nothing more is shown", &running.unseen(), b"", true)?;
    }
    running.is_quiet()
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
        if word.parse::<u16>().is_ok() && !self.real.contains_key(word) {
            let port = Port::free();
            self.real.insert(word.to_string(), port.address().port().to_string());
            self.held.push(port);
        }
        self.real.get(word).map_or(word, String::as_str).to_string()
    }

    /// What is `shown` is what is `written`, but for times and real ports.
    pub fn compare(&mut self, written: &str, shown: &str) -> Verdict {
        let mut ports = shown.split(HOST).map(port);
        let pieces = written.split(HOST).map(|piece| {
            let (port, came) = (port(piece), ports.next().unwrap_or_default());
            let known = || self.real.values().any(|real| real == came);
            if !port.is_empty() && !came.is_empty() && !known() {
                self.real.entry(port.to_string()).or_insert(came.to_string());
            }
            self.real.get(port).map_or(piece.to_string(), |real| piece.replacen(port, real, 1))
        });
        let [written, shown] = [&*pieces.collect::<Vec<_>>().join(HOST), shown].map(timeless);
        let step = "what is shown is what is written";
        equals(step, shown.as_bytes(), written.as_bytes(), true)
    }
}

/// The port in what stands behind a host; empty where there is none.
fn port(piece: &str) -> &str {
    let port = piece.trim_start_matches(['\'', ',', ':', ' ']);
    let end = port.trim_start_matches(|one: char| one.is_ascii_digit());
    if port.len() < piece.len() { &port[..port.len() - end.len()] } else { "" }
}

/// `text` with times of the form `Sun Nov  2 10:22:16 2026` made equal.
fn timeless(text: &str) -> String {
    let digit = |one: char| if one.is_ascii_digit() { '9' } else { one };
    let (mut text, form) = (text.to_string(), text.chars().map(digit).collect::<String>());
    for (at, clock) in form.match_indices(" 99:99:99 9999") {
        let day = at.checked_sub(10).filter(|day| text.is_char_boundary(*day));
        text.replace_range(day.unwrap_or(at)..at + clock.len(), "Sun Nov  2 10:22:16 2026");
    }
    text
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
    let true = programs::are_to_be_tried() else { return };
    let written = "```console\n[1] $ cargo run -q -p tcp-client -- localhost http\n\
        [1] tcp-client: port \"http\" is not a number from 0 to 65535\n```\n";
    let (unwritten, _) = written.split_once("[1] tcp").unwrap_or_default();
    for (text, right) in [(written, true), (unwritten, false)] {
        let run = run_all(&[("", text.to_string())], &[Author::Rust]);
        assert_eq!(run.is_ok(), right, "{text}");
    }
}
