"""Random and mutated input for all that reads what strangers write: `make fuzz`, and a slice for the tests."""
