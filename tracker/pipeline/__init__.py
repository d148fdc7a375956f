"""One round of polling, from due feeds to grouped articles."""
