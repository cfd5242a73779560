"""Generated trees are what companies have, and always the same."""

from __future__ import annotations

import re
from collections import Counter
from graphlib import TopologicalSorter

import pytest

from bench.trees import SHARED, grow
from protoctl.kit.digest import digest_json

SIZES = [(10, 1), (100, 10), (1_000, 100)]


@pytest.mark.parametrize(("files", "modules"), SIZES)
def test_each_file_imports_what_is_there_and_nothing_goes_in_circles(files: int, modules: int) -> None:
    tree = grow(files, modules)
    needs = {path: set(re.findall(r'^import "(acme/.*)";$', text, re.MULTILINE)) for path, text in tree.items()}
    assert len(tree) == files
    assert set().union(*needs.values()) <= set(tree)
    assert len(list(TopologicalSorter(needs).static_order())) == files
    assert all(SHARED in found for path, found in needs.items() if path != SHARED)


@pytest.mark.parametrize(("files", "modules"), SIZES)
def test_modules_have_equally_many_files_and_need_each_other_without_circles(files: int, modules: int) -> None:
    tree = grow(files, modules)
    sizes = Counter(path.split("/")[1] for path in tree)
    assert set(sizes.values()) == {files // modules}
    assert len(sizes) == modules
    needs = {module: set[str]() for module in sizes}
    for path, text in tree.items():
        module = path.split("/")[1]
        needs[module] |= set(re.findall(r'^import "acme/(\w+)/', text, re.MULTILINE)) - {module}
    assert len(list(TopologicalSorter(needs).static_order())) == modules


def test_a_tree_is_always_the_same() -> None:
    """Who changes what is generated changes what earlier results are compared with, and tells it here."""
    assert digest_json(grow(100, 10))[:12] == "2f236bc28be2"
