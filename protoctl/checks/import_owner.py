"""Of every imported file it is known which distribution owns the stubs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protoctl.checks.rule import Rule
from protoctl.kit.globs import is_match
from protoctl.schema.view import DEPENDENCY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protoctl.checks.rule import Context
    from protoctl.model.finding import Finding

UNOWNED = Rule("import-unowned", "A pattern of [dependencies] covers every imported file of others")
RULES = (UNOWNED,)


def find(context: Context) -> Iterator[Finding]:
    """Report imports that an installed distribution happens to hold but no pattern names: no package would need it."""
    dependencies = context.workspace.configuration.dependencies
    for file in context.schema.own_files():
        for at, path in enumerate(file.dependency):
            if path in context.workspace.sources.files or path not in context.foreign:
                continue
            if not any(is_match(pattern, path) for pattern in dependencies):
                entry = f'"{path.rpartition("/")[0]}/**" = {{ python = "{context.distribution_of(path)}" }}'
                message = f'import "{path}" is covered by no pattern of [dependencies]; add: {entry}'
                yield UNOWNED.at(context, file.name, (DEPENDENCY, at), message)
