"""npm packages: messages, Connect descriptors, gRPC clients and servers, each as ESM and CommonJS, with types."""
