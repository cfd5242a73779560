"""uv works with the settings that pip has."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from conftest import succeed

from protoctl.errors import MachineError
from protoctl.toolchain.clients import OFFLINE_HINT, bridge_pip, run_client, wheel_hint
from protoctl.toolchain.pip_settings import read_pip_settings

if TYPE_CHECKING:
    from pathlib import Path

URL = "https://packages.example/simple/"
OTHER = "https://other.example/simple/"
ASKING = """
import sys, threading
from concurrent.futures import ThreadPoolExecutor
from protoctl.toolchain.clients import find_uv
sys.setswitchinterval(1e-6)
together = threading.Barrier(8)
with ThreadPoolExecutor(8) as pool:
    print(len(set(pool.map(lambda _: together.wait() < 0 or find_uv(), range(8)))))
"""


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """Give an environment whose home and system folders are empty."""
    return {"HOME": str(tmp_path), "XDG_CONFIG_DIRS": str(tmp_path / "system")}


def configure(path: Path, text: str) -> None:
    """Write a configuration file of pip."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_files_and_variables_rank_as_pip_ranks_them(home: dict[str, str], tmp_path: Path) -> None:
    layers = [("system/pip/pip.conf", "1"), (".pip/pip.conf", "2"), (".config/pip/pip.conf", "3"), ("chosen", "4")]
    for name, value in layers:
        configure(tmp_path / name, f"[global]\nindex-url = {value}\n")
        chosen = {"PIP_CONFIG_FILE": str(tmp_path / "chosen")} if name == "chosen" else {}
        assert read_pip_settings({**home, **chosen})["index-url"] == value
    assert read_pip_settings({**home, "PIP_INDEX_URL": "5"})["index-url"] == "5"
    assert read_pip_settings({**home, "PIP_INDEX_URL": ""})["index-url"] == "3"
    configure(tmp_path / ".config/pip/pip.conf", "[install]\nindex_url = 6\n[global]\nindex-url = 3\n")
    assert read_pip_settings(home)["index-url"] == "6"


def test_the_null_device_switches_files_off(home: dict[str, str], tmp_path: Path) -> None:
    configure(tmp_path / ".pip/pip.conf", f"[global]\nindex-url = {URL}\n")
    assert "index-url" not in read_pip_settings({**home, "PIP_CONFIG_FILE": "/dev/null"})


def test_a_percent_sign_in_a_url_is_taken_as_it_is(home: dict[str, str], tmp_path: Path) -> None:
    configure(tmp_path / ".pip/pip.conf", "[global]\nindex-url = https://user:a%40b@packages.example/\n")
    assert read_pip_settings(home)["index-url"] == "https://user:a%40b@packages.example/"


def test_a_file_that_cannot_be_parsed_is_named(home: dict[str, str], tmp_path: Path) -> None:
    configure(tmp_path / ".pip/pip.conf", "index-url = no section\n")
    with pytest.raises(MachineError, match=r"\.pip/pip\.conf"):
        read_pip_settings(home)


def test_pips_settings_become_uvs_variables(home: dict[str, str]) -> None:
    given = {"PIP_INDEX_URL": URL, "PIP_CERT": "/ca.pem", "PIP_PROXY": "http://proxy", "PIP_TRUSTED_HOST": "a b"}
    flags, environment = bridge_pip({**home, **given})
    assert flags == []
    assert environment["UV_DEFAULT_INDEX"] == URL
    assert environment["SSL_CERT_FILE"] == "/ca.pem"
    assert environment["ALL_PROXY"] == "http://proxy"
    assert environment["UV_INSECURE_HOST"] == "a b"


@pytest.mark.parametrize("own", ["UV_INDEX_URL", "UV_DEFAULT_INDEX"])
def test_what_uv_was_told_itself_stays(home: dict[str, str], own: str) -> None:
    _, environment = bridge_pip({**home, "PIP_INDEX_URL": URL, own: OTHER})
    assert environment[own] == OTHER
    assert URL not in [value for name, value in environment.items() if name.startswith("UV_")]


def test_extra_indexes_are_not_taken_over(home: dict[str, str]) -> None:
    flags, environment = bridge_pip({**home, "PIP_EXTRA_INDEX_URL": OTHER, "PIP_FIND_LINKS": "/wheels"})
    assert flags == []
    assert not [name for name in environment if name.startswith("UV_")]


def test_a_machine_without_index_has_its_folders_only(home: dict[str, str]) -> None:
    flags, _ = bridge_pip({**home, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "/wheels /more"})
    assert flags == ["--no-index", "--find-links=/wheels", "--find-links=/more"]


def test_hashes_cannot_be_switched_off(home: dict[str, str]) -> None:
    _, environment = bridge_pip({**home, "UV_NO_VERIFY_HASHES": "1"})
    assert "UV_NO_VERIFY_HASHES" not in environment


def test_a_client_that_fails_is_quoted() -> None:
    with pytest.raises(MachineError) as caught:
        run_client(["sh", "-c", "echo why >&2; exit 3"], "cannot do it", {"PATH": "/usr/bin:/bin"}, offline=True)
    assert (caught.value.what, caught.value.said, caught.value.hint) == ("cannot do it", "why", OFFLINE_HINT)


def test_a_client_that_is_missing_is_a_fault_of_the_machine() -> None:
    with pytest.raises(MachineError, match="cannot do it"):
        run_client(["/nowhere/uv"], "cannot do it", {}, offline=False)


def test_a_package_without_files_for_this_python_is_explained() -> None:
    said = "Because grpcio-tools==1.65.5 has no usable wheels and you require grpcio-tools==1.65.5, we can conclude"
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert wheel_hint(said).startswith(f"it has no release for Python {version}: run protoctl with another")
    assert "--runner docker" in wheel_hint(said)
    assert wheel_hint("error: Failed to fetch: `http://127.0.0.1:9/simple/grpcio-tools/`") == ""


def test_threads_that_need_uv_at_once_all_find_it() -> None:
    """In a process of its own, whose Python has not read its settings yet."""
    assert succeed(sys.executable, "-c", ASKING).strip() == "1"
