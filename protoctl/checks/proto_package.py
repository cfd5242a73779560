"""The proto_package says the folder, so that imports, Python modules and symbols go by one name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protoctl.checks.rule import Rule
from protoctl.model.finding import Severity
from protoctl.workspace.imports import is_blank, read_package

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protoctl.checks.rule import Context
    from protoctl.model.finding import Finding

FOLDER = Rule("package-folder", "The proto_package of a file is its folder with dots", Severity.WARNING)
MISSING = Rule("package-missing", "Every file declares a proto_package", Severity.WARNING)
RULES = (FOLDER, MISSING)


def find(context: Context) -> Iterator[Finding]:
    """Report files whose proto_package is another than their folder says, also those that do not compile."""
    for path, text in context.texts.items():
        wanted = path.rpartition("/")[0].replace("/", ".")
        package = read_package(text)
        if is_blank(text) or package.name == wanted:
            continue
        if package.name:
            message = f"proto_package {package.name} differs from the folder, which says {wanted}"
            yield FOLDER.on(path, package.line, package.column, message)
        else:
            yield MISSING.on(path, 1, 1, f"declares no proto_package; its folder says `package {wanted};`")
