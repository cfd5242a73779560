"""Which paths of protos can become Python and Node modules."""

from __future__ import annotations

import keyword
import re

SEGMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
"""protoc turns `-` into `_` for Python; everything else would need escaping somewhere."""
DEVICES = {"con", "prn", "aux", "nul", *(f"{name}{digit}" for name in ("com", "lpt") for digit in range(1, 10))}
"""Names that Windows keeps for devices."""
LENGTH_LIMIT = 200
"""Characters of one segment; file systems stop at 255 bytes, and suffixes are added."""


def refuse_path(path: str) -> str:
    """Say why a proto's path cannot be used, or nothing.

    Names outside the grammar reach generated code as statements (protobuf#28615) or the compiler as options.
    """
    *folders, name = path.split("/")
    for segment in (*folders, name.removesuffix(".proto")):
        problem = refuse_segment(segment)
        if problem:
            return f"{problem}: {segment!a}"
    words = [segment for segment in folders if keyword.iskeyword(segment)]
    return f"a folder is named by a Python keyword, and no import could name it: {words[0]!a}" if words else ""


def refuse_segment(segment: str) -> str:
    """Say why one folder or file name cannot be used, or nothing."""
    if len(segment) > LENGTH_LIMIT:
        return f"a path segment has more than {LENGTH_LIMIT} characters"
    if not SEGMENT.fullmatch(segment):
        return "a path may hold only letters, digits, _ and -, and no segment may start with a digit or -"
    if segment.startswith("__") and segment.endswith("__"):
        return "Python and JavaScript use names like this themselves"
    if segment.casefold() in DEVICES:
        return "a path segment is a device name on Windows"
    return ""
