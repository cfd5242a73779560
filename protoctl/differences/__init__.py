"""What a difference between two schemas means, one file for each subject; found by listing this folder."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import TYPE_CHECKING

from protoctl.model.difference import by_site

if TYPE_CHECKING:
    from types import ModuleType

    from protoctl.differences.rule import Rule
    from protoctl.model.difference import Difference
    from protoctl.versioning.comparison import Comparison

NOT_RULES = {"rule"}


def rule_modules() -> list[ModuleType]:
    """Give the module of every rule file, sorted by name; each has RULES and `find`."""
    names = sorted(found.name for found in pkgutil.iter_modules(__path__) if found.name not in NOT_RULES)
    return [import_module(f"{__name__}.{name}") for name in names]


def all_rules() -> list[Rule]:
    """Give every rule, sorted by id."""
    return sorted((rule for module in rule_modules() for rule in module.RULES), key=lambda rule: rule.id)


def find_differences(comparison: Comparison) -> list[Difference]:
    """Give what every rule says about two schemas, sorted by place."""
    return sorted((one for module in rule_modules() for one in module.find(comparison)), key=by_site)
