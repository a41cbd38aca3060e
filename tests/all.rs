//! All tests in one binary: most of them wait, and so wait together.

macro_rules! tested {
    ($program:ident $test:item) => {
        $test
    };
}
mod checks;
mod project;
