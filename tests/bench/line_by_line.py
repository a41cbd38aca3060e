"""Runs a script that writes each line at once, as it does on a terminal and as
Rust does: for the null device, Python would keep its lines back."""
import sys

sys.argv.pop(0)
sys.stdout.reconfigure(line_buffering=True)
exec(compile(open(sys.argv[0]).read(), sys.argv[0], 'exec'))
