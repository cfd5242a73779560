"""Benchmarks: protoctl beside `buf generate` and beside batched protoc, on the same protos with the same plugins."""
