"""Alerts: news and troubles that somebody asked to be told of, in one message each, sent at most once."""
