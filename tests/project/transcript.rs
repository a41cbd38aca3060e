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
        let mut lines = text.lines().zip(1..).map(|(line, at)| (format!("{file}:{at}"), line));
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
    for program in PROGRAMS {
        program.choose(if program.is_client() { client } else { server })?;
    }
    let (mut terminals, mut ports) = (Terminals::new(), Ports::default());
    let mut last = String::new();
    for (place, line) in lines {
        last = format!("{place}, {server:?} with {client:?}");
        happens(line, &mut terminals, &mut ports).map_err(|report| report.at(&last))?;
    }
    let over = terminals.values_mut().try_for_each(is_over);
    over.map_err(|report| report.at(&format!("behind {last}")))
}

/// The programs that run, by their terminals' numbers.
type Terminals<'a> = BTreeMap<&'a str, Running>;

/// What one line says.
fn happens<'a>(line: &'a str, terminals: &mut Terminals<'a>, ports: &mut Ports) -> Verdict {
    let split = line.strip_prefix('[').and_then(|rest| rest.split_once("] "));
    let wrong = || Report::harness("find a terminal that runs something").because(line);
    let (terminal, text) = split.ok_or_else(wrong)?;
    if let Some(command) = text.strip_prefix("$ ") {
        let started = ports.start(command)?;
        let before = terminals.insert(terminal, started);
        return before.map_or(Ok(()), |mut before| is_over(&mut before));
    }
    let running = terminals.get_mut(terminal).ok_or_else(wrong)?;
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
            running.leaves()
        }
        typed if prompt.is_some() => {
            running.types(typed)?;
            if typed.is_empty() { running.leaves() } else { Ok(()) }
        }
        line => {
            let error = line.starts_with(&format!("{}: ", running.program.name()));
            let shown = if error { running.next_error() } else { running.next_line() };
            ports.compare(line, &shown?)
        }
    }
}

/// Waits until a server serves; whether it does so and does not end instead.
/// A UDP server shows nothing by itself, so it is sent a datagram, and the line
/// that this makes is taken off the screen.
fn serves(running: &mut Running) -> Verdict<bool> {
    if running.program == Program::TcpServer {
        let quiet = |one: &mut Running| one.unseen().is_empty() && one.ended().is_none();
        deadline::poll(deadline::start(), || (!quiet(running)).then_some(()));
    } else if running.program == Program::UdpServer {
        let mut probe = Peer::client_of(running.address())?;
        let sent = probe.sends_first("ready?", running);
        if running.ended().is_some() {
            return Ok(false);
        }
        sent?;
        probe.is_answered(running, "ready?")?;
    }
    Ok(running.program.is_client() || running.ended().is_none())
}

/// Nothing has come that is not written, but for a prompt that nobody answers.
/// A client comes to one, or to its end.
fn is_over(running: &mut Running) -> Verdict {
    let prompts = |one: &Running| PROMPTS.iter().any(|prompt| one.unseen() == prompt.as_bytes());
    if running.program.is_client() {
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
    /// Starts a program of the workspace and waits until it serves, if it does. A number that its
    /// command is the first to have gets a free port.
    fn start(&mut self, command: &str) -> Verdict<Running> {
        let words = command.strip_prefix("cargo run -q -p ").unwrap_or_default();
        let (name, arguments) = words.split_once(" -- ").unwrap_or((words, "127.0.0.1 8888"));
        let mut program = Program::named(name);
        if name == "tests --bin lossy" {
            // It shows that it has begun, as tcp-server does, which no transcript with it has.
            Program::TcpServer.choose(Author::Words(&[cargo::sibling("lossy").into()]))?;
            program = Some(Program::TcpServer);
        }
        let wrong = || Report::harness("find the program of a command").because(command);
        let program = program.ok_or_else(wrong)?;
        let (known, mut attempt) = (self.real.clone(), 1);
        loop {
            for number in arguments.split(' ').filter(|word| word.parse::<u16>().is_ok()) {
                self.real.entry(number.to_string()).or_insert_with(|| {
                    self.held.push(Port::free());
                    self.held[self.held.len() - 1].address().port().to_string()
                });
            }
            let real = |word| self.real.get(word).map_or(word, String::as_str);
            let words: Vec<_> = arguments.split(' ').map(real).collect();
            let port = words.get(1).and_then(|port| port.parse().ok()).unwrap_or(0);
            let mut running = Running::start_with(program, ([127, 0, 0, 1], port).into(), &words)?;
            if serves(&mut running)? || attempt == ATTEMPTS {
                return Ok(running);
            }
            self.real.clone_from(&known);
            attempt += 1;
        }
    }

    /// What is `shown` is what is `written`, but for times and real ports.
    pub fn compare(&mut self, written: &str, shown: &str) -> Verdict {
        let mut ports = shown.split(HOST).map(port);
        let pieces = written.split(HOST).map(|piece| {
            let (port, came) = (port(piece), ports.next().unwrap_or_default());
            let known = self.real.values().any(|real| real == came);
            if !port.is_empty() && !came.is_empty() && !known {
                self.real.entry(port.to_string()).or_insert(came.to_string());
            }
            self.real.get(port).map_or(piece.to_string(), |real| piece.replacen(port, real, 1))
        });
        let [written, shown] = [&*pieces.collect::<Vec<_>>().join(HOST), shown].map(timeless);
        equals("what is shown is what is written", shown.as_bytes(), written.as_bytes(), true)
    }
}

/// The port in what stands behind a host; empty where there is none.
fn port(piece: &str) -> &str {
    let behind = piece.strip_prefix(['\'', ':', ' ']).unwrap_or_default();
    let port = behind.trim_start_matches([',', ' ']);
    port.split(|one: char| !one.is_ascii_digit()).next().unwrap_or_default()
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

/// A port is the same where it is written the same, and only there; no error comes unwritten.
#[test]
fn a_transcript_that_is_not_so_fails() {
    let true = programs::are_to_be_tried() else { return };
    let pairs = include_str!("pairs.md").replace('␠', " ");
    let error = "[1] tcp-client: port \"http\" is not a number from 0 to 65535\n";
    let run = "```console\n[1] $ cargo run -q -p tcp-client -- localhost http\n".to_string();
    let said = |text: &str| {
        let run = run_all(&[("", text.to_string())], &[Author::Rust]);
        run.map_or_else(|report| report.outcome().1, |()| String::new())
    };
    for (text, right, wrong, step) in [
        (&pairs, "50001):你", "50003):你", "what is shown is what is written"),
        (&pairs, "50002", "50001", "what is shown is what is written"),
        (&(run + error), error, "", "standard error says nothing more"),
    ] {
        let (so, not_so) = (said(text), said(&text.replace(right, wrong)));
        assert!(so.is_empty() && not_so.contains(step), "{right}, {wrong}: {so}{not_so}");
    }
}
