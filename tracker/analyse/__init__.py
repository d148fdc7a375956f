"""Pure functions on texts, addresses and dates: no I/O, no clock."""
