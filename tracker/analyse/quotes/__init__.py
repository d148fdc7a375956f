"""Find quotations in a text, and who is quoted."""
