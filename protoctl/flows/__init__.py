"""One file per verb: its whole story, read top to bottom."""
