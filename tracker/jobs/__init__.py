"""Run polling, the site and the scheduled jobs."""
