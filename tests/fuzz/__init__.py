"""Random and mutated input for all that reads what strangers write: what `make fuzz` runs, and a slice of it the tests."""
