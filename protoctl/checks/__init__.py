"""Rules over a schema, one file each; found by listing this folder."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import TYPE_CHECKING

from protoctl.checks.compiler_rules import COMPILER_RULES
from protoctl.model.finding import Finding, by_place

if TYPE_CHECKING:
    from types import ModuleType

    from protoctl.checks.rule import Context, Rule

NOT_RULES = {"rule", "compiler_rules", "elements"}


def rule_modules() -> list[ModuleType]:
    """Give the module of every rule file, sorted by name; each has RULES and `find`."""
    names = sorted(found.name for found in pkgutil.iter_modules(__path__) if found.name not in NOT_RULES)
    return [import_module(f"{__name__}.{name}") for name in names]


def all_rules() -> list[Rule]:
    """Give every rule, those of the compiler included, sorted by id."""
    rules = [*COMPILER_RULES, *(rule for module in rule_modules() for rule in module.RULES)]
    return sorted(rules, key=lambda rule: rule.id)


def check_all(context: Context) -> list[Finding]:
    """Give the findings of every rule, sorted by place."""
    return sorted((finding for module in rule_modules() for finding in module.find(context)), key=by_place)
