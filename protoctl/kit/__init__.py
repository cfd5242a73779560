"""Generic pieces that know neither protobuf nor packaging; nothing about workspaces lives here."""
