"""The commands: parse options, make one call, print; the only package that imports click."""
