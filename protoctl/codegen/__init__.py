"""From a schema to the output of plugins; packages are made elsewhere."""
