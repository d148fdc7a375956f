"""A tracker of news coverage on encryption and child safety."""
