"""A repository's history judged again: what each step between tags changed, beside its number and what buf says."""
