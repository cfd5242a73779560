"""Names of protos that hide something in generated Python, so that nobody can use them as they are written."""

from __future__ import annotations

STUB_NAMES = frozenset({"sys", "typing", "builtins", "descriptor", "enum_type_wrapper", "TypeAlias"})
"""What a `.pyi` imports, under this name or with `_` before it."""
MESSAGE_NAMES = frozenset(
    {
        "ByteSize",
        "Clear",
        "ClearExtension",
        "ClearField",
        "CopyFrom",
        "DiscardUnknownFields",
        "Extensions",
        "FindInitializationErrors",
        "FromString",
        "HasExtension",
        "HasField",
        "IsInitialized",
        "ListFields",
        "MergeFrom",
        "MergeFromString",
        "ParseFromString",
        "RegisterExtension",
        "SerializePartialToString",
        "SerializeToString",
        "SetInParent",
        "UnknownFields",
        "WhichOneof",
        "mro",
    }
)
"""What every message class has."""
