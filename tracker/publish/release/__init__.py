"""Releases: dated bundles of the data that can be cited, verified and reproduced."""
