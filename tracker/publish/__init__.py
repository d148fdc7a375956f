"""The outside world, going out: the site and the exports."""
