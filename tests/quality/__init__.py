"""Sets that people labelled, and how well the program does on them."""
