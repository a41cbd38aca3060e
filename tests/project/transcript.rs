//! A transcript as something that runs: a block of `console`, which has one line for each thing
//! that happens, in order, with its terminal's number in front:
//!
//!     [1] $ command        it is started
//!     [2] 发消息>>text     the prompt is shown, and text typed with Enter
//!     [2] 发消息>>^D       the prompt is shown, and the input ended
//!     [1] line             the program shows it, or says it as an error
//!     [1] ^C               it is interrupted (behind a prompt, too; Unix)
//!
//! Who was typed an empty line or `^D` leaves with status 0. What is not written must not come. A
//! time may be another, and so may a port, a number of four digits or more, but it is the same one
//! wherever it is written the same, and another where it is not.

use crate::project::programs;
use assert_cmd::cargo::cargo_bin;
use harness::*;
use std::{collections::BTreeMap, fs, io, iter};

/// Runs all transcripts of these files, if this project's programs are to be tried, at once, each
/// with every pair of a server and a client: `None` is Rust, all else the scripts with that Python.
pub fn run_all(files: &[&str], pythons: &[Option<&str>]) -> Verdict {
    let true = programs::are_to_be_tried()? else { return Ok(()) };
    // The one error of the system's; Linux has its own number.
    let refused = io::Error::from_raw_os_error(if cfg!(target_os = "linux") { 111 } else { 61 });
    let mut runs = vec![];
    for file in files {
        let text = cargo::text(file)?.replace('␠', " ");
        let text = text.replace("Connection refused (os error 111)", &refused.to_string());
        let lines = text.lines().zip(1..);
        let mut lines = lines.map(|(line, at)| (format!("{file}:{at}"), line.to_string()));
        while lines.any(|(_, line)| line == "```console") {
            let block: Vec<_> = lines.by_ref().take_while(|(_, line)| line != "```").collect();
            for server in pythons {
                runs.extend(pythons.iter().map(|client| (block.clone(), *server, *client)));
            }
        }
    }
    holds("there are transcripts", !runs.is_empty())?;
    let done = on_workers(runs.len(), &runs, |(lines, server, client)| {
        on_some_port(|| run(lines, *server, *client))
    });
    done.into_iter().collect()
}

/// Does all that is written, with these two, and compares all that is shown.
fn run(lines: &[(String, String)], server: Option<&str>, client: Option<&str>) -> Verdict {
    for program in PROGRAMS {
        program.choose_own(if program.is_client() { client } else { server })?;
    }
    let (mut here, mut last) = (Run::default(), String::new());
    for (place, line) in lines {
        last = format!("{place}, {} with {}", server.unwrap_or("Rust"), client.unwrap_or("Rust"));
        here.happens(line).map_err(|report| report.at(&last))?;
    }
    let over = here.terminals.values_mut().try_for_each(is_over);
    over.map_err(|report| report.at(&format!("behind {last}")))
}

/// A transcript while it runs.
#[derive(Default)]
pub struct Run {
    /// The programs, by their terminals' numbers.
    terminals: BTreeMap<String, Running>,
    /// The real port of each that is written, from its first appearance on.
    real: BTreeMap<String, String>,
}

impl Run {
    /// What one line says.
    fn happens(&mut self, line: &str) -> Verdict {
        let wrong = || Report::harness("find a terminal that runs something").because(line);
        let split = line.strip_prefix('[').and_then(|rest| rest.split_once("] "));
        let (terminal, text) = split.ok_or_else(wrong)?;
        if let Some(command) = text.strip_prefix("$ ") {
            let started = self.start(command)?;
            let before = self.terminals.insert(terminal.to_string(), started);
            return before.map_or(Ok(()), |mut before| is_over(&mut before));
        }
        let running = self.terminals.get_mut(terminal).ok_or_else(wrong)?;
        let prompt = prompt(running.program);
        let typed = text.strip_prefix(prompt);
        if typed.is_some() {
            running.shows(prompt)?;
        }
        match (typed, typed.unwrap_or(text)) {
            #[cfg(unix)]
            (_, "^C") => ctrl_c_ends_quietly(running),
            (_, "^D") => {
                running.ends_input();
                running.shows("\n")?;
                running.leaves()
            }
            (Some(typed), _) => {
                running.types(typed)?;
                if typed.is_empty() { running.leaves() } else { Ok(()) }
            }
            (None, line) => {
                let error = line.starts_with(&format!("{}: ", running.program.name()));
                let limit = deadline::start(); // udp-client waits for its reply 5 s
                let shown = if error { running.next_error(limit) } else { running.next_line() };
                self.compare(line, &shown?)
            }
        }
    }

    /// Starts a program of the workspace and waits until it serves, if it does. A port that its
    /// command is the first to have is a free one. A UDP server shows nothing by itself, so it is
    /// sent a datagram, and the line that this makes is taken off the screen.
    fn start(&mut self, command: &str) -> Verdict<Running> {
        let words = command.strip_prefix("cargo run -q -p ").unwrap_or_default();
        let (name, arguments) = words.split_once(" -- ").unwrap_or((words, "127.0.0.1 8888"));
        // It shows that it has begun, as tcp-server does, which no transcript with it has.
        let line = (name == "tests --bin lossy").then_some(Program::TcpServer);
        line.inspect(|line| line.choose(vec![cargo_bin("lossy").into()]));
        let wrong = || Report::harness("find the program of a command").because(command);
        let program = line.or(Program::named(name)).ok_or_else(wrong)?;
        let free = iter::repeat_with(|| free_address().port().to_string());
        let real = self.with_real_ports(arguments, free);
        let words: Vec<_> = real.split(' ').collect();
        let port = words.get(1).and_then(|port| port.parse().ok()).unwrap_or(0);
        let setup = Setup { arguments: Some(&words), ..program.into() };
        let mut running = Running::start(setup, ([127, 0, 0, 1], port).into())?;
        if program == Program::UdpServer {
            Peer::first(&mut running, "ready?")?.is_answered(&mut running, "ready?")?;
        } else if !program.is_client() {
            let shows = |server: &mut Running| (!server.unseen().is_empty()).then_some(());
            running.starts("it shows something", shows)?;
        }
        Ok(running)
    }

    /// What is `shown` is what is `written`, but for times and real ports.
    pub fn compare(&mut self, written: &str, shown: &str) -> Verdict {
        let [written, shown] = [written, shown].map(timeless);
        let written = self.with_real_ports(&written, ports(&shown).map(str::to_string));
        equals("what is shown is what is written", shown.as_bytes(), written.as_bytes(), true)
    }

    /// What is `written`, but with the real ports; for one that has none yet it is the next of `new`.
    fn with_real_ports(&mut self, written: &str, mut new: impl Iterator<Item = String>) -> String {
        let parts = written.split_inclusive(|sign: char| !sign.is_ascii_digit()).map(|part| {
            let Some(port) = ports(part).next() else { return part.to_string() };
            let new = new.next().filter(|new| self.real.values().all(|real| real != new));
            if let Some(new) = new {
                self.real.entry(port.to_string()).or_insert(new);
            }
            self.real.get(port).map_or(part.to_string(), |real| part.replacen(port, real, 1))
        });
        parts.collect()
    }
}

/// Nothing has come that is not written, but for a prompt that nobody answers.
/// A client comes to one, or to its end.
fn is_over(running: &mut Running) -> Verdict {
    let prompts = |one: &Running| one.unseen() == prompt(one.program).as_bytes();
    if running.program.is_client() {
        let over = || (prompts(running) || running.ended().is_some()).then_some(());
        let over = deadline::poll(deadline::start(), over);
        over.ok_or_else(|| running.failed("the client prompts, and shows nothing more"))?;
    }
    if prompts(running) {
        running.shows(prompt(running.program))?;
    }
    equals("nothing more is shown", &running.unseen(), b"", true)?;
    running.is_quiet()
}

fn ports(text: &str) -> impl Iterator<Item = &str> {
    text.split(|sign: char| !sign.is_ascii_digit()).filter(|number| number.len() > 3)
}

/// `text` with a time of the form `Sun Nov  2 10:22:16 2026` made equal to all others.
fn timeless(text: &str) -> String {
    let digit = |one: char| if one.is_ascii_digit() { '9' } else { one };
    let form: String = text.chars().map(digit).collect();
    let day = form.find(" 99:99:99 9999").and_then(|clock| clock.checked_sub(10));
    let around = day.and_then(|day| text.get(..day).zip(text.get(day + 24..)));
    around.map_or(text.to_string(), |(before, behind)| format!("{before}TIME{behind}"))
}

/// The real pairs over loopback: the same conversations, the same screens.
#[test]
fn rust_and_python_understand_each_other_in_every_combination() -> Verdict {
    let transcripts = include_str!("pairs.md").matches("```console").count();
    holds("one transcript is of TCP, one of UDP", transcripts == 2)?;
    let languages: Vec<_> = iter::once(None).chain(python::wanted()?.map(Some)).collect();
    run_all(&["tests/project/pairs.md"], &languages)
}

/// A port is the same where it is written the same, and only there; no error comes unwritten.
#[test]
fn a_transcript_that_is_not_so_fails() -> Verdict {
    let true = programs::are_to_be_tried()? else { return Ok(()) };
    let (folder, pairs) = (Folder::new()?, include_str!("pairs.md"));
    let file = folder.path().join("wrong.md").display().to_string();
    let refused = "```console\n[1] $ cargo run -q -p tcp-client -- localhost http\n".to_string();
    for (text, step) in [
        (pairs.replace("50001):你", "50003):你"), "what is shown is what is written"),
        (pairs.replace("50002", "50001"), "what is shown is what is written"),
        (refused, "standard error says nothing more"),
    ] {
        fs::write(&file, &text)?;
        let said = run_all(&[&file], &[None]).expect_err(&text).outcome().1;
        assert!(said.contains(&format!("with Rust: {step}\n")), "{text}: {said}");
    }
    Ok(())
}
