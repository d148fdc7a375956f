"""Backups, restores, upgrades and upkeep of the database file."""
