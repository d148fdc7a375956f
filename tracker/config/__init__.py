"""Load feeds.yaml and the rulebook files into Config; the only package that imports PyYAML and pydantic."""
