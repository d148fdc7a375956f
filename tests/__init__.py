"""Tests: each name says what must be true."""

import os
import sys

# Compile every module once, not once per process: many containers forbid it, and the tests start hundreds of processes.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
