"""GitHub Actions: a workflow whose actions are pinned by commit (docs.github.com/en/actions/reference)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from protoctl.kit.templates import render as render_template

if TYPE_CHECKING:
    from protoctl.ci.pipeline import Pipeline

PATH = ".github/workflows/protoctl.yml"


def render(pipeline: Pipeline) -> str:
    """Give the text of the file."""
    return render_template(Path(__file__).parent / "templates", "github.yml", pipeline)
