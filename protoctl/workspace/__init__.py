"""Reading a folder into configuration, sources and modules; nothing is compiled here."""
