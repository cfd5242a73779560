"""Results of invocations kept by digest; what they mean is unknown here."""
