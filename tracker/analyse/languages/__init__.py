"""The words of each language that the analyses know, in one module per language."""
