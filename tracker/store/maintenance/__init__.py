"""Backups, restoring, upgrades, retention and upkeep of the database."""
