"""What plugins wrote is data until each name was checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protoctl.errors import ToolError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from protoctl.codegen.plugin import Job, Plugin


def split_outputs(
    plugin: Plugin, files: Mapping[str, bytes], jobs: Sequence[Job], renamed: Callable[[str], str]
) -> dict[Job, dict[str, bytes]]:
    """Give each job the files written for its protos; a file wanted by two jobs goes to both.

    Raises ToolError for a name that no proto accounts for, and for a proto without all of its files.
    """
    results: dict[Job, dict[str, bytes]] = {job: {} for job in jobs}
    unexpected, bare = set(files), set[str]()
    for job in jobs:
        for path in job.files:
            for name in plugin.outputs(renamed(path)):
                if name in files:
                    results[job][name] = files[name]
                    unexpected.discard(name)
                else:
                    bare.add(path)
    if unexpected:
        raise ToolError(f"{plugin.name} wrote files that belong to no proto", said=listed(unexpected))
    if bare:
        raise ToolError(f"{plugin.name} did not write every file for some protos", said=listed(bare))
    return results


def listed(names: Iterable[str]) -> str:
    """Give the first names, a line for each."""
    return "\n".join(ascii(name) for name in sorted(names)[:20])
