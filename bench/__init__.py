"""What a round costs beside another reader of feeds and beside work that nobody can avoid: `make bench`."""
