"""The digest: what was new in a day or a week, as mail and as files, sent at most once."""
