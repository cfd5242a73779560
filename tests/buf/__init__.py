"""`buf breaking` as a second witness: what it reports, what that is about, and where we differ for a reason."""
