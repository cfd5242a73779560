"""What finished packages are held to, whatever their language; the consumers of a language live with its target."""
