"""Our comparison beside corpora that others judged: where both agree, and why we are right where they do not."""
