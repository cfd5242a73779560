"""Where an invocation runs, one file per place; what is run is decided elsewhere."""
