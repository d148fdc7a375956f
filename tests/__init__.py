"""Tests: each name says what must be true."""
