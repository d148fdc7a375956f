"""The Datasette site."""
