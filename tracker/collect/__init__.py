"""The outside world, coming in: fetch, guard, parse, schedule."""
