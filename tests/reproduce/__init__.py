"""Builds of one workspace under other circumstances, compared byte by byte: what tests and `make reproduce` run."""
