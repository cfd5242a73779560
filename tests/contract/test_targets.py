"""What every output language must keep; a new folder below `targets/` is held to it without being listed here.

Only a consumer has to be added to CONSUMERS: it installs all packages of a language and sends a message through bytes.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from conftest import Sample, make_environment, succeed
from node_programs import lay_out, nodes

from protoctl.kit.digest import digest_bytes
from protoctl.packaging.embedded import read_embedded
from protoctl.targets import load_gate, target_names

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Consumer = Callable[[Path, Path], str]

BYTES = "0a03455552102a"
"""A `Money` of 42 EUR, in hexadecimal digits."""
PYTHON_CONSUMER = """
from acme.common.v1.money_pb2 import Money
money = Money.FromString(bytes.fromhex("0a03455552102a"))
assert (money.currency_code, money.units) == ("EUR", 42)
print(money.SerializeToString().hex())
"""
NODE_CONSUMER = """
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { MoneySchema } from "@acme/common/v1";
const money = fromBinary(MoneySchema, Buffer.from("0a03455552102a", "hex"));
if (money.currencyCode !== "EUR" || money.units !== 42n) throw new Error(JSON.stringify(money));
console.log(Buffer.from(toBinary(MoneySchema, money)).toString("hex"));
"""


def consume_python(dist: Path, folder: Path) -> str:
    """Install every wheel and give the bytes of a message that was read and written."""
    python = make_environment(folder / "venv", dist.glob("*.whl"))
    return succeed(python, "-W", "error", "-c", PYTHON_CONSUMER, cwd=folder)


def consume_node(dist: Path, folder: Path) -> str:
    """Lay out every tarball and give the bytes of a message that was read and written."""
    lay_out(folder, sorted(dist.glob("*.tgz")))
    (folder / "consumer.mjs").write_text(NODE_CONSUMER)
    return succeed(nodes()[0], "consumer.mjs", cwd=folder)


CONSUMERS: dict[str, Consumer] = {"node": consume_node, "python": consume_python}


def artifacts(sample: Sample, target: str) -> list[dict[str, str]]:
    """Give what the manifest lists for a language."""
    listed = json.loads((sample.dist / "manifest.json").read_text())["artifacts"]
    return [artifact for artifact in listed if artifact["target"] == target]


@pytest.mark.registries
@pytest.mark.parametrize("target", target_names())
def test_packages_install_import_and_round_trip(target: str, sample: Sample, tmp_path: Path) -> None:
    assert CONSUMERS[target](sample.dist / target, tmp_path).strip() == BYTES


@pytest.mark.parametrize("target", target_names())
def test_each_module_has_an_artifact_as_the_manifest_lists_it(target: str, sample: Sample) -> None:
    found = artifacts(sample, target)
    assert {artifact["module"] for artifact in found} == {"billing", "common", "inventory", "secret", "user"}
    for artifact in found:
        assert digest_bytes((sample.dist / artifact["path"]).read_bytes()) == artifact["sha256"]
    listed = {artifact["path"] for artifact in found}
    assert listed == {f"{target}/{path.name}" for path in (sample.dist / target).iterdir()}


@pytest.mark.parametrize("target", target_names())
def test_each_artifact_tells_where_it_came_from(target: str, sample: Sample) -> None:
    for artifact in artifacts(sample, target):
        path = sample.dist / artifact["path"]
        embedded = read_embedded(path.name, path.read_bytes())
        assert embedded.record.module == artifact["module"]
        assert digest_bytes(embedded.descriptors) == artifact["schema"]
        assert embedded.record.toolchain == artifact["toolchain"]
        protos = {name for name in embedded.files if name.endswith(".proto")}
        assert {name[name.index("acme/") :] for name in protos} == set(embedded.record.files)


def test_every_language_has_a_consumer() -> None:
    assert set(CONSUMERS) == set(target_names())


def test_every_language_has_a_gate_that_knows_its_packages_and_no_others(sample: Sample) -> None:
    paths = [path for path in sample.dist.rglob("*") if path.is_file() and path.name != "manifest.json"]
    for path in paths:
        assert [name for name in target_names() if load_gate(name).is_mine(path.name)] == [path.parent.name]


@pytest.mark.registries
@pytest.mark.xdist_group("verify")
@pytest.mark.parametrize("target", target_names())
def test_what_was_just_built_passes_its_gate(target: str, sample_trials: list[dict[str, Any]]) -> None:
    found = [trial for trial in sample_trials if trial["target"] == target]
    assert {trial["module"] for trial in found if not trial["skipped"]} >= {"billing", "common", "inventory", "user"}
    assert [trial for trial in found if trial["faults"] or trial["remarks"]] == []
