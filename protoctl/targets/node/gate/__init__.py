"""Consumers of npm packages: what opens, installs, loads, type-checks and calls them."""
