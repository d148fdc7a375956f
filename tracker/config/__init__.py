"""feeds.yaml and the rulebook files become Config; the only package that knows YAML and pydantic."""
