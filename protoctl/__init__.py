"""protoctl turns a folder of .proto files into installable, versioned stub packages."""

__version__ = "0.1.0"
