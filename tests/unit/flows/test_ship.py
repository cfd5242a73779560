"""Before the first upload every index is asked whether it takes anything; what an interrupt leaves is told."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest
from parcels import make_tarball
from scripted_server import Reply, scripted

from protoctl.errors import Interrupted, PackageIndexError
from protoctl.flows.ship import check_access, going_on
from protoctl.indexes import Surroundings, directory, npm
from protoctl.model.configuration import IndexTable
from protoctl.publishing.shipment import Consignment, Shipment
from protoctl.versioning.release import parse_release

if TYPE_CHECKING:
    from pathlib import Path

    from protoctl.model.index import Index


@pytest.mark.parametrize("taker", ["registry", "folder"])
def test_an_index_that_takes_nothing_is_found_before_another_one_gets_anything(tmp_path: Path, taker: str) -> None:
    surroundings = Surroundings(tmp_path, {"HOME": str(tmp_path)})
    package = make_tarball(tmp_path, "user", "1.0.0")
    consignment = Consignment(taker, "node", "@acme/user", "1.0.0", (), "latest")
    shipment = Shipment("user", parse_release("1.0.0"), (consignment,))
    with scripted() as server:
        server.answer("/-/whoami", Reply(status=401))
        folder = directory.make("folder", IndexTable("directory", package.name), surroundings)
        registry = npm.make("registry", IndexTable("npm", server.url), surroundings)
        indexes: dict[str, Index] = {"folder": folder, "registry": registry}
        with pytest.raises(PackageIndexError) as caught:
            check_access([shipment], indexes)
        assert caught.value.where == taker
        assert server.paths == (["/-/whoami"] if taker == "registry" else [])
    check_access([], indexes)


def test_who_interrupts_an_upload_is_not_told_that_nothing_happened() -> None:
    with pytest.raises(Interrupted) as caught, going_on():
        raise Interrupted(signal.SIGTERM)
    assert caught.value.exit_code == 143
    assert caught.value.left == "what is uploaded stays, and the next `protoctl publish` goes on"
    assert Interrupted(signal.SIGINT).left == "nothing was left half done"
