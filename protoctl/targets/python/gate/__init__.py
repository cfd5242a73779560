"""Consumers of wheels and sdists: what opens, installs, imports, type-checks and calls them."""
