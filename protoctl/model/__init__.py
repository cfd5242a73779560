"""Frozen values, enums, protocols and events; nothing here reads, writes or asks."""
