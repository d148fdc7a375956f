"""Made-up feeds and a local server that replays them."""
