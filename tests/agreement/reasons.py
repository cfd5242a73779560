"""Cases in which we do not say what a corpus says, each with the reason why."""

from __future__ import annotations

KEYS = "keys that only the wider type holds are cut by readers of the narrower one, as for fields of these types"
LITERAL = "TypeScript refuses a number that is written out where an enum is wanted, and takes any other number"
EXTENSION = "an extension is in JSON under its name, and in Node an export whose type says what it holds"
PRESENCE = (
    "protobuf-es declares proto3's `optional` as a property that may be missing, and a field of an edition as one "
    "that never is: what tells absence by `undefined` no longer does"
)
SEMVER: dict[tuple[str, str], str] = {
    ("map_key_type", "wire"): KEYS,
    ("map_key_type", "json"): KEYS,
    ("map_key_type_incompat", "node"): "an object with keys that are numbers cannot be read as one with any keys",
    ("type_int32_to_enum", "node"): LITERAL,
    ("type_uint32_to_enum", "node"): LITERAL,
    ("reuse_reserved_field", "wire"): "bytes from before the number was reserved are read with another meaning",
    **{("syntax_proto3_to_edition2023_equiv", what): PRESENCE for what in ("change", "node")},
    ("file_option_py_generic_services", "python"): "the corpus names nobody, though the step is major: it is Python",
    **{(case, who): EXTENSION for case in ("del_extension_p2", "ren_extension_p2") for who in ("json", "node")},
    **{("type_extension_p2", who): EXTENSION for who in ("json", "node")},
    ("type_extension_p2", "python"): "the type of an extension is the type of what is read and written through it",
}
"""Name of a case and what differs (`change`, or a consumer) to the reason."""
BREAKING: dict[tuple[str, str, str], str] = {}
"""Name of a case, rule of buf and element to the reason; what holds for a rule everywhere stands in `buf.reasons`."""
