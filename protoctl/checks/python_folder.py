"""The first folder, which becomes a top-level Python package, hides nobody's and is hidden by nobody."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from protoctl.checks.rule import Rule
from protoctl.model.finding import Severity
from protoctl.workspace.known_owners import find_owner

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protoctl.checks.rule import Context
    from protoctl.model.finding import Finding

SHADOW = Rule("python-shadow", "No top-level folder is a module of Python or grpc")
SHARED = Rule("python-shared", "No top-level folder is a package of others", Severity.WARNING)
RULES = (SHADOW, SHARED)
OLD_AND_NEW = frozenset(
    {
        "aifc",
        "annotationlib",
        "asynchat",
        "asyncore",
        "audioop",
        "cgi",
        "cgitb",
        "chunk",
        "compression",
        "crypt",
        "distutils",
        "imghdr",
        "imp",
        "lib2to3",
        "mailcap",
        "msilib",
        "nis",
        "nntplib",
        "ossaudiodev",
        "pipes",
        "smtpd",
        "sndhdr",
        "spwd",
        "sunau",
        "telnetlib",
        "test",
        "uu",
        "xdrlib",
    }
)
"""Modules of some supported Python that not each of them lists."""
WELL_KNOWN = frozenset(
    {
        "attr",
        "attrs",
        "certifi",
        "click",
        "django",
        "flask",
        "google",
        "grpc_tools",
        "jinja2",
        "mypy_protobuf",
        "numpy",
        "packaging",
        "pandas",
        "pip",
        "pkg_resources",
        "pydantic",
        "pytest",
        "requests",
        "setuptools",
        "six",
        "sqlalchemy",
        "typing_extensions",
        "urllib3",
        "yaml",
    }
)
"""Packages that most environments have."""


def find(context: Context) -> Iterator[Finding]:
    """Report each such folder once, at its first file; with a prefix the folders are no top-level packages."""
    if context.workspace.configuration.python.prefix:
        return
    seen: set[str] = set()
    for path in sorted(context.texts):
        name = path.partition("/")[0].replace("-", "_")
        if name in seen or find_owner(path):
            continue
        seen.add(name)
        hint = "rename the folder or set python.prefix"
        if name == "grpc":
            yield SHADOW.on(path, 1, 1, f"the folder {name} is the package of grpcio; {hint}")
        elif is_standard(name):
            yield SHADOW.on(path, 1, 1, f"the folder {name} is hidden by Python's own module {name}; {hint}")
        elif name in WELL_KNOWN:
            yield SHARED.on(path, 1, 1, f"the folder {name} is also a package of others; {hint}")


def is_standard(name: str) -> bool:
    """Tell whether a supported Python has a module of this name."""
    return name in sys.stdlib_module_names or name in OLD_AND_NEW
