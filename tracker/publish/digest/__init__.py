"""The digest: a day's or a week's news, by email and as files, sent at most once."""
