"""Messages of the API, generated from `cluster.proto` beside them."""
