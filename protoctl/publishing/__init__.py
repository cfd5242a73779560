"""What a release consists of, what of it is done, and what is said about it; nothing here asks an index."""
