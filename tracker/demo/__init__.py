"""Feeds written for the project and the local server that replays them."""
