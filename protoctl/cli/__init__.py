"""Terminal, colour and exit codes; the story of a command is told in flows."""
