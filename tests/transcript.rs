//! A transcript of README, as something that runs. Linux only: error texts are
//! the system's, and only here can one see that a UDP server is ready.
//!
//! A block of `console` has one line for each thing that happens, in order,
//! with its terminal's number in front:
//!
//!     [1] $ command        it is started; `^C` behind a line ends it
//!     [2] 发消息>>text     the prompt is shown, and text typed with Enter
//!     [2] 发消息>>^D       the prompt is shown, and the input ended
//!     [1] line             the program shows it, or says it as an error

#![cfg(target_os = "linux")]

use harness::*;
use std::collections::BTreeMap;

const PROMPTS: [&str; 2] = ["发消息>>", "消息>>"];

/// The ports in README, each replaced by one that is free.
const PORTS: [&str; 4] = ["8888", "9000", "9001", "9002"];

/// One block, and the number of the line above it.
pub struct Transcript {
    number: usize,
    lines: Vec<String>,
}

impl Transcript {
    /// All transcripts of a text.
    pub fn all(text: &str) -> Vec<Transcript> {
        let mut found: Vec<Transcript> = vec![];
        let mut inside = false;
        for (index, line) in text.lines().enumerate() {
            if line == "```console" {
                found.push(Transcript { number: index + 1, lines: vec![] });
                inside = true;
            } else if line == "```" {
                inside = false;
            } else if let (true, Some(transcript)) = (inside, found.last_mut()) {
                transcript.lines.push(line.to_string());
            }
        }
        found
    }

    /// Does all that is written, and compares all that is shown.
    pub fn run(&self) -> Verdict {
        let ports: Vec<_> = PORTS.iter().map(|_| Port::free()).collect();
        let mut terminals: BTreeMap<&str, Running> = BTreeMap::new();
        for (index, line) in self.lines.iter().enumerate() {
            let at = |report: Report| report.at(&format!("README.md:{}", self.number + index + 1));
            let (terminal, text) = split(line).ok_or_else(|| {
                at(Report::failed("the line begins with its terminal's number").because(line))
            })?;
            match text.strip_prefix("$ ") {
                Some(command) => {
                    let running = start(command, &ports).map_err(at)?;
                    if let Some(mut before) = terminals.insert(terminal, running) {
                        is_over(&mut before).map_err(at)?;
                    }
                }
                None => {
                    let unknown = || Report::failed(format!("terminal {terminal} runs something"));
                    let running = terminals.get_mut(terminal).ok_or_else(unknown).map_err(at)?;
                    happens(running, text, &ports).map_err(at)?;
                }
            }
        }
        let end = |report: Report| report.at(&format!("README.md:{}", self.number));
        terminals.values_mut().try_for_each(is_over).map_err(end)
    }
}

/// `[1] text` as `1` and `text`.
fn split(line: &str) -> Option<(&str, &str)> {
    let (terminal, text) = line.strip_prefix('[')?.split_once(']')?;
    Some((terminal, text.strip_prefix(' ').unwrap_or(text)))
}

/// Starts a command of README: a program of the workspace, or a script.
fn start(command: &str, ports: &[Port]) -> Verdict<Running> {
    let words: Vec<_> = command.split(' ').collect();
    let known = |name: &str| PROGRAMS.into_iter().find(|program| program.name() == name);
    let (program, arguments) = match words.as_slice() {
        ["cargo", "run", "-q", "-p", "tests", "--bin", "lossy", "--", arguments @ ..] => {
            // Any program will do as the subject: the command is another.
            Program::UdpServer.choose(Author::Other(env!("CARGO_BIN_EXE_lossy")))?;
            (Some(Program::UdpServer), arguments)
        }
        ["cargo", "run", "-q", "-p", name, arguments @ ..] => {
            let program = known(name);
            program.map_or(Ok(()), |program| program.choose(Author::Rust))?;
            (program, arguments.strip_prefix(&["--"]).unwrap_or(arguments))
        }
        ["python3", script, arguments @ ..] => {
            let program = script.split('/').next().and_then(known);
            if let (Some(program), Some(python)) = (program, python::wanted()?) {
                program.choose(Author::Python(python))?;
            }
            (program, arguments)
        }
        _ => (None, [].as_slice()),
    };
    let unknown = || Report::failed("the command is one of the programs").because(command);
    let program = program.ok_or_else(unknown)?;
    let default = ["127.0.0.1", PORTS[0]];
    let tcp = matches!(program, Program::TcpServer | Program::TcpClient);
    let arguments = if tcp && arguments.is_empty() { &default } else { arguments };
    let arguments: Vec<_> = arguments.iter().map(|word| at_free_ports(word, ports)).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let running = Running::start_with(program, nowhere(), &arguments, &[])?;
    if let (Program::UdpServer, [_, port, ..]) = (program, arguments.as_slice()) {
        waits_for_socket(port)?;
    }
    Ok(running)
}

/// A UDP server shows nothing when it is ready, and a datagram that comes
/// before is lost: waits until the kernel lists a socket at `port` (proc(5)).
fn waits_for_socket(port: &str) -> Verdict {
    let number: u16 = port.parse().map_err(Report::harness_error)?;
    let local = format!(" 0100007F:{number:04X} ");
    let bound = deadline::poll(deadline::start(), || {
        let sockets = std::fs::read_to_string("/proc/net/udp").ok()?;
        sockets.contains(&local).then_some(())
    });
    bound.ok_or_else(|| Report::failed(format!("a UDP socket has port {port}")))
}

/// One line of a terminal happens.
fn happens(running: &mut Running, text: &str, ports: &[Port]) -> Verdict {
    if let Some(prompt) = PROMPTS.iter().find(|prompt| text.starts_with(**prompt)) {
        running.shows(prompt)?;
        return match &text[prompt.len()..] {
            "^D" => {
                running.ends_input();
                running.shows("\n")
            }
            "^C" => ctrl_c_ends_quietly(running),
            typed => running.types(typed),
        };
    }
    if text == "^C" {
        return ctrl_c_ends_quietly(running);
    }
    let expected = masked(&at_free_ports(text, ports));
    let error = PROGRAMS.iter().any(|program| text.starts_with(&format!("{}: ", program.name())));
    let shown = if error { running.next_error()? } else { running.next_line()? };
    match masked(&shown) == expected {
        true => Ok(()),
        false => Err(Report::failed("the line is shown as it is written").compared(
            expected.as_bytes(),
            masked(&shown).as_bytes(),
            true,
        )),
    }
}

/// Nothing has come that is not written.
fn is_over(running: &mut Running) -> Verdict {
    let more = running.unseen();
    // A prompt that nobody answers may stay.
    let prompt = PROMPTS.iter().any(|prompt| more == prompt.as_bytes());
    match more.is_empty() || prompt {
        true => Ok(()),
        false => Err(Report::failed("nothing more is shown").compared(b"", &more, true)),
    }
}

/// `text` with README's ports replaced, where they are whole numbers.
fn at_free_ports(text: &str, ports: &[Port]) -> String {
    let digit = |one: char| one.is_ascii_digit();
    let mut replaced = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(digit) {
        let end = rest[start..].find(|one| !digit(one)).map_or(rest.len(), |end| start + end);
        let number = &rest[start..end];
        let known = PORTS.iter().zip(ports).find(|(written, _)| **written == number);
        replaced += &rest[..start];
        replaced += &known.map_or(number.to_string(), |(_, port)| port.number().to_string());
        rest = &rest[end..];
    }
    replaced + rest
}

/// `text` with the ports of addresses, and times of C's form, made equal.
pub fn masked(text: &str) -> String {
    let mut masked = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if rest.get(..24).is_some_and(is_time) {
            masked += "TIME";
            rest = &rest[24..];
        } else if let Some(port) =
            ["', ", "127.0.0.1:", "127.0.0.1 "].iter().find(|start| rest.starts_with(**start))
        {
            masked += port;
            rest = rest[port.len()..].trim_start_matches(|one: char| one.is_ascii_digit());
            masked += "PORT";
        } else {
            masked.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    masked
}

/// Whether `text` has the form `Sun Nov  2 10:22:16 2026`.
fn is_time(text: &str) -> bool {
    let form = "Aaa Aaa 99 99:99:99 9999".chars();
    text.len() == 24
        && text.chars().zip(form).all(|(one, form)| match form {
            'A' => one.is_ascii_uppercase(),
            'a' => one.is_ascii_lowercase(),
            '9' => one.is_ascii_digit() || one == ' ',
            other => one == other,
        })
}
