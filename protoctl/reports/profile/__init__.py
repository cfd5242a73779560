"""Where the time of a run went, one file per form."""
