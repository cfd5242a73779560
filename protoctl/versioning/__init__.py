"""Release versions and how Python and npm write them."""
