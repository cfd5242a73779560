"""Compiled descriptors, where they came from, and what is read off them; no generated code."""
