"""Text of strangers in Markdown: shown as it is, whatever it looks like.

GitHub reads more than CommonMark (https://github.github.com/gfm/): it links bare addresses and issues, and mentions
people, who are told of it. A zero-width space within such a word keeps it a word.
"""

from __future__ import annotations

import re

from protoctl.kit.text import printable

BREAKER = "&#8203;"
"""A zero-width space that survives every renderer."""
SPECIAL = re.compile(  # an underscore within a word is plain already
    r"(?P<entity>&)"
    r"|(?P<markup>[\\`*\[\]|~$]|<(?=[A-Za-z/!?])|(?<![^\W_])_|_(?![^\W_])|^[-+=>])"
    r"|(?P<numbered>^[0-9]+(?=[.)](?:\s|$)))"
    r"|(?P<linked>@|:(?=//|[a-z0-9_+-]+:)|(?i:\b(?:www(?=\.)|gh-(?=[0-9]))))"
    r"|(?P<hash>#)"
)


def escape(text: str) -> str:
    """Give one line of Markdown that shows a text and nothing else: no markup, links, HTML, mentions or line feeds."""
    return SPECIAL.sub(make_plain, printable(text).strip())


def make_plain(match: re.Match[str]) -> str:
    """Give what shows as the match."""
    found = match.group()
    if match["entity"]:
        return "&amp;"
    if match["markup"]:
        return f"\\{found}"
    if match["numbered"]:
        return f"{found}{BREAKER}"
    return f"\\{found}{BREAKER}" if match["hash"] else f"{found}{BREAKER}"


def code(text: str) -> str:
    """Give a code span that shows a text without blanks around it, not for tables; nothing for no text."""
    line = printable(text).strip()
    fence = "`" * (max((len(run) for run in re.findall("`+", line)), default=0) + 1)
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{pad}{line}{pad}{fence}" if line else ""
