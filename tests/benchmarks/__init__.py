"""``make bench``: how fast the pages are on many petitions. Prints figures, asserts nothing about time."""
