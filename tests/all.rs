//! All tests in one binary: most of them wait, and so wait together.

#[path = "bench/table.rs"]
mod bench_table;
mod beside_c;
mod costs;
mod grade_cli;
mod grader;
mod ledger;
mod lesson;
mod lesson_lossy;
mod lesson_udp;
mod linux;
mod pairs;
mod readme;
mod robust_tcp_client;
mod robust_tcp_server;
mod robust_udp_client;
mod robust_udp_server;
mod scripts;
mod tcp_client;
mod tcp_server;
mod transcript;
mod udp_client;
mod udp_server;
mod wrong;
