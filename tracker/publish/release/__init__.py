"""Releases: dated bundles of the data which can be cited, checked and made again."""
