//! The further exercises, on this workspace's programs or on any command:
//!
//!     TCP_SERVER_CMD='python3 -u my_server.py' cargo test --test exercises exercise_3

macro_rules! tested {
    ($program:ident $test:item) => {
        $test
    };
}
#[allow(dead_code)] // the table is for the grader
#[path = "mod.rs"]
mod exercises;
