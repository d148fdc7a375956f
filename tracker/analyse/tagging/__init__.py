"""Tag texts by rules, and measure how good the tags are: no I/O."""
