"""Text from templates that lie beside the code that renders them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from jinja2 import Environment


@cache
def environment(folder: Path) -> Environment:
    """Give the environment for a folder of templates; a name that the view lacks is an error."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(folder),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701  Markdown and code, no HTML; views escape for their language
    )


def render(folder: Path, name: str, view: object) -> str:
    """Give the template's text for one frozen view, which the template knows as `view`."""
    return environment(folder).get_template(name).render(view=view)
