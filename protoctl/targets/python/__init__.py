"""Python: one wheel and one sdist for each module."""
