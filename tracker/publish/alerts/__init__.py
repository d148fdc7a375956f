"""Alerts: news and operating problems that recipients subscribed to, one message each, sent at most once."""
