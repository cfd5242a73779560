"""GitLab: jobs of merge requests and of one branch (docs.gitlab.com/ci/yaml)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from protoctl.kit.templates import render as render_template

if TYPE_CHECKING:
    from protoctl.ci.pipeline import Pipeline

PATH = ".gitlab-ci.yml"


def render(pipeline: Pipeline) -> str:
    """Give the text of the file."""
    return render_template(Path(__file__).parent / "templates", "gitlab.yml", pipeline)
