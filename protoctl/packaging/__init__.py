"""From staged trees to artifacts and the manifest; nothing about protobuf."""
