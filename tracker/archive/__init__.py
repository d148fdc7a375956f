"""The years before the tracker was installed: archives of feeds, read on many cores and stored as if polled."""
