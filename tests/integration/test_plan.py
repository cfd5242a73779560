"""`protoctl plan` on an index that is a folder: first releases, changes, lines, previews, and what is refused."""

from __future__ import annotations

import csv
import io
import json
import shutil
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from conftest import Workspace
from releases import INDEX, place, release

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Protoctl

CONFIGURATION = '[workspace]\nname = "acme"\nmodules = ["acme/*"]\n' + INDEX
MONEY = "message Money {\n  string currency = 1;\n  int64 units = 2;\n}\nmessage Page {}"
USER = "message User {\n  string id = 1;\n  acme.common.v1.Money credit = 2;\n}"
SHOP = "message Shop {\n  acme.user.v1.User owner = 1;\n}"
VAULT = "message Secret {\n  bytes key = 1;\n}"


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a workspace of four modules, each released as 1.2.0: shop needs user, which needs common."""
    workspace = Workspace(tmp_path_factory.mktemp("plan") / "workspace")
    write(workspace)
    release(workspace.root, "1.2.0")
    return workspace.root


def write(workspace: Workspace) -> None:
    """Write the modules as they were released."""
    workspace.configure(CONFIGURATION)
    workspace.proto("acme/common/v1/money.proto", MONEY)
    workspace.proto("acme/user/v1/user.proto", USER, imports=("acme/common/v1/money.proto",))
    workspace.proto("acme/shop/v1/shop.proto", SHOP, imports=("acme/user/v1/user.proto",))
    workspace.proto("acme/secret/v1/secret.proto", VAULT)


@pytest.fixture
def team(released: Path, tmp_path: Path) -> Workspace:
    """Give a copy of the released workspace that a test may change."""
    workspace = Workspace.__new__(Workspace)
    workspace.root = tmp_path / "team"
    shutil.copytree(released, workspace.root)
    return workspace


def plan(protoctl: Protoctl, workspace: Workspace, *arguments: str, code: int = 0) -> dict[str, dict[str, Any]]:
    """Give module → what `plan --json` says of it."""
    done = protoctl("plan", "--json", "--runner", "local", *arguments, cwd=workspace.root)
    assert done.code == code, done.err
    value = json.loads(done.out)
    assert value["format"] == 1
    return {one["module"]: one for one in value["modules"]}


def steps(found: dict[str, dict[str, Any]]) -> dict[str, tuple[str | None, str, str | None]]:
    """Give last, change and next of every module that is released."""
    return {name: (one["last"], one["change"], one["next"]) for name, one in found.items() if one["next"]}


def test_nothing_changed_nothing_is_released(protoctl: Protoctl, team: Workspace) -> None:
    found = plan(protoctl, team)
    assert list(found) == ["common", "secret", "user", "shop"]
    assert steps(found) == {}
    assert {one["change"] for one in found.values()} == {"none"}


def test_a_first_release_is_0_1_0(protoctl: Protoctl, team: Workspace) -> None:
    shutil.rmtree(team.root / "index/simple/acme-shop")
    assert steps(plan(protoctl, team)) == {"shop": (None, "minor", "0.1.0")}
    done = protoctl("diff", cwd=team.root)
    assert (done.code, done.out) == (0, "no differences\n")
    assert "nothing to compare with, since never released: shop" in done.err


def test_a_comment_is_a_patch_of_its_module_alone(protoctl: Protoctl, team: Workspace) -> None:
    team.proto("acme/common/v1/money.proto", "// An amount.\n" + MONEY)
    assert steps(plan(protoctl, team)) == {"common": ("1.2.0", "patch", "1.2.1")}


def test_white_space_is_nothing(protoctl: Protoctl, team: Workspace) -> None:
    team.proto("acme/common/v1/money.proto", "\n\n" + MONEY.replace("  ", "      "))
    assert steps(plan(protoctl, team)) == {}


def test_what_a_module_embeds_is_its_own(protoctl: Protoctl, team: Workspace) -> None:
    """`shop` holds `User`, which holds `Money`: its data and code have the new field too."""
    team.proto("acme/common/v1/money.proto", MONEY.replace("units = 2;", "units = 2;\n  int32 nanos = 3;"))
    found = plan(protoctl, team)
    assert steps(found) == dict.fromkeys(("common", "user", "shop"), ("1.2.0", "minor", "1.3.0"))
    [reason] = found["shop"]["reasons"]
    assert reason.startswith("common: ")
    assert "acme.common.v1.Money.nanos" in reason


def test_what_nobody_embeds_raises_nobody(protoctl: Protoctl, team: Workspace) -> None:
    team.proto("acme/common/v1/money.proto", MONEY + "\nmessage Extra {}")
    assert steps(plan(protoctl, team)) == {"common": ("1.2.0", "minor", "1.3.0")}


def test_a_break_raises_all_whose_bounds_it_leaves(protoctl: Protoctl, team: Workspace) -> None:
    """Nobody embeds `Page`; but `user` requires `acme-common<2`, and `shop` then `acme-user<2`."""
    team.proto("acme/common/v1/money.proto", MONEY.replace("message Page {}", ""))
    found = plan(protoctl, team, "--check", code=1)
    assert steps(found) == dict.fromkeys(("common", "user", "shop"), ("1.2.0", "major", "2.0.0"))
    assert found["user"]["reasons"] == ["acme-common goes to 2.0.0, outside of >=1.2.0,<2"]
    [break_] = found["common"]["unaccepted"]
    assert (break_["rule"], break_["element"]) == ("message-deleted", "acme.common.v1.Page")


ACCEPTED = """
[[versions.accepted]]
rule = "message-deleted"
element = "acme.common.v1.*"
reason = "nobody pages by hand any more"
until = "2.0.0"
"""


def test_an_accepted_break_stays_one_and_is_told(protoctl: Protoctl, team: Workspace) -> None:
    team.configure(CONFIGURATION + ACCEPTED)
    team.proto("acme/common/v1/money.proto", MONEY.replace("message Page {}", ""))
    found = plan(protoctl, team, "--check", "--changelog", "changes")
    assert found["common"]["next"] == "2.0.0"
    [accepted] = found["common"]["accepted"]
    assert accepted["reason"] == "nobody pages by hand any more"
    text = (team.root / "changes/common.md").read_text()
    assert "message `acme.common.v1.Page` is deleted" in text
    assert "why: nobody pages by hand any more" in text


def test_an_acceptance_expires(protoctl: Protoctl, team: Workspace) -> None:
    team.configure(CONFIGURATION + ACCEPTED.replace("2.0.0", "1.2.0"))
    team.proto("acme/common/v1/money.proto", MONEY.replace("message Page {}", ""))
    found = plan(protoctl, team, "--check", code=1)
    assert [one["until"] for one in found["common"]["expired"]] == ["1.2.0"]


def test_only_who_counts_counts(protoctl: Protoctl, team: Workspace) -> None:
    team.configure(CONFIGURATION + '\n[versions]\npolicy = ["wire"]\n')
    team.proto("acme/secret/v1/secret.proto", VAULT.replace("key", "code"))
    assert steps(plan(protoctl, team, "--check")) == {"secret": ("1.2.0", "minor", "1.3.0")}


def test_calendar_versions(protoctl: Protoctl, team: Workspace) -> None:
    team.configure(CONFIGURATION + '\n[versions]\nscheme = "calendar"\n')
    team.proto("acme/common/v1/money.proto", MONEY + "\nmessage Extra {}")
    found = plan(protoctl, team)
    assert found["common"]["next"].startswith("20")
    assert found["user"]["next"], "it requires common at exactly one version"


def test_a_line_goes_on_beside_a_newer_major(protoctl: Protoctl, team: Workspace) -> None:
    team.proto("acme/secret/v1/secret.proto", "message Secret {\n  string text = 2;\n}")
    release(team.root, "2.0.0", ["secret"])
    team.proto("acme/secret/v1/secret.proto", VAULT.replace("1;", "1;\n  string hint = 3;"))
    found = plan(protoctl, team, "secret", "--line", "1.x")
    assert steps(found) == {"secret": ("1.2.0", "minor", "1.3.0")}
    assert found["secret"]["dist_tag"] == "line-1"
    team.proto("acme/secret/v1/secret.proto", "message Secret {}")
    done = protoctl("plan", "secret", "--line", "1.x", cwd=team.root)
    assert done.code == 2
    assert "a major change makes 2.0.1, which is not on the line 1.x" in done.err


def test_previews_never_take_a_release(protoctl: Protoctl, team: Workspace) -> None:
    team.proto("acme/secret/v1/secret.proto", VAULT + "\nmessage Extra {}")
    found = plan(protoctl, team, "--preview", "feature/login")["secret"]
    assert (found["next"], found["dist_tag"]) == ("1.3.0.dev1", "branch-feature-login")
    release(team.root, "1.3.0.dev1", ["secret"])
    found = plan(protoctl, team, "--preview", "feature/login")["secret"]
    assert (found["last"], found["next"]) == ("1.2.0", "1.3.0.dev2")
    assert plan(protoctl, team, "--phase", "rc")["secret"]["next"] == "1.3.0rc1"
    assert plan(protoctl, team)["secret"]["next"] == "1.3.0"


def test_a_version_is_asked_for(protoctl: Protoctl, team: Workspace) -> None:
    assert steps(plan(protoctl, team, "secret", "--to", "2.0.0")) == {"secret": ("1.2.0", "none", "2.0.0")}
    for asked, said in {
        "1.2.0": "already taken",
        "1.1.0": "lower than the last release 1.2.0",
        "nonsense": "'nonsense' is no version",
        "sekret=2.0.0": "did you mean secret?",
    }.items():
        done = protoctl("plan", "secret", "--to", asked, cwd=team.root)
        assert done.code == 2
        assert said in done.err


def test_a_package_that_protoctl_did_not_make(protoctl: Protoctl, team: Workspace) -> None:
    """The hint says how to begin, and beginning works."""
    wheel = next((team.root / "index/simple/acme-secret").iterdir())
    stranger(wheel)
    done = protoctl("plan", cwd=team.root)
    assert done.code == 6
    assert "was not made by protoctl" in done.err
    assert "hint: begin with `protoctl plan --initial`" in done.err
    assert steps(plan(protoctl, team, "--initial")) == {"secret": ("1.2.0", "major", "2.0.0")}


def stranger(wheel: Path) -> None:
    """Take out of a wheel what protoctl put there."""
    with zipfile.ZipFile(wheel) as archive:
        files = {name: archive.read(name) for name in archive.namelist() if "/protoctl/" not in name}
    record = next(name for name in files if name.endswith("/RECORD"))
    rows = [row for row in csv.reader(files[record].decode().splitlines()) if "/protoctl/" not in row[0]]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    files[record] = text.getvalue().encode()
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)


def test_a_baseline_of_a_newer_protoctl(protoctl: Protoctl, team: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("protoctl.packaging.record.FORMAT", 2)
    shutil.rmtree(team.root / "index")
    team.write("LICENSE", "another, so that nothing is known in the store")
    release(team.root, "1.3.0")
    done = protoctl("plan", cwd=team.root)
    assert done.code == 6
    assert "has a build record of format 2" in done.err
    assert "hint: use a newer protoctl" in done.err


def test_an_index_that_is_not_there(protoctl: Protoctl, team: Workspace) -> None:
    team.configure(CONFIGURATION.replace('url = "index"', 'url = "gone"'))
    done = protoctl("plan", cwd=team.root)
    assert done.code == 5
    assert "error: team: there is no folder" in done.err


def test_no_index(protoctl: Protoctl, workspace: Workspace) -> None:
    workspace.proto("acme/user/v1/user.proto", "message User {}")
    done = protoctl("plan", cwd=workspace.root)
    assert done.code == 2
    assert "no index is configured" in done.err


def test_modules_that_swapped_names(protoctl: Protoctl, team: Workspace) -> None:
    user, secret = (team.root / f"proto/acme/{name}" for name in ("user", "secret"))
    team.proto("acme/secret/v1/secret.proto", VAULT + "\nmessage Vault {}")
    team.proto("acme/user/v1/user.proto", USER + "\nmessage Role {}", imports=("acme/common/v1/money.proto",))
    release(team.root, "1.3.0", ["user", "secret"])
    for folder, (old, new) in {user: ("user", "secret"), secret: ("secret", "user")}.items():
        [path] = folder.rglob("*.proto")
        path.write_text(path.read_text().replace(f"acme.{old}.v1", f"acme.{new}.v1"))
    user.rename(team.root / "proto/acme/other")
    secret.rename(user)
    (team.root / "proto/acme/other").rename(secret)
    shutil.rmtree(team.root / "proto/acme/shop")
    done = protoctl("plan", cwd=team.root)
    assert done.code == 2, done.err
    assert "modules swapped their names since they were released: secret and user" in done.err


def test_a_toolchain_that_raises_a_floor(protoctl: Protoctl, team: Workspace) -> None:
    """The same protos, made for consumers with Python 3.10: nothing else differs."""
    team.configure(CONFIGURATION + '\n[python]\nrequires-python = ">=3.10"\n')
    lock = team.root / "protoctl.lock"
    lock.write_text(lock.read_text().replace(">=3.9", ">=3.10"))
    done = protoctl("plan", "--json", "--runner", "local", cwd=team.root)
    assert done.code == 0, done.err
    [secret] = [one for one in json.loads(done.out)["modules"] if one["module"] == "secret"]
    assert secret["change"] in {"minor", "major"}
    assert any("requires Python>=3.10 instead of Python>=3.9" in reason for reason in secret["reasons"])


def test_an_import_path_that_changes_is_a_break_to_be_accepted(protoctl: Protoctl, team: Workspace) -> None:
    prefix = CONFIGURATION + '\n[python]\nprefix = "stubs"\n'
    team.configure(prefix)
    found = plan(protoctl, team, "--check", code=1)
    assert found["secret"]["next"] == "2.0.0"
    text = "Python modules are imported below stubs instead of without a prefix (package-settings)"
    assert text in found["secret"]["reasons"]
    accepted = ACCEPTED.replace("message-deleted", "package-settings").replace("acme.common.v1.*", "acme-*")
    team.configure(prefix + accepted)
    assert plan(protoctl, team, "--check")["secret"]["next"] == "2.0.0"


def test_the_version_of_a_package_is_compared_with(protoctl: Protoctl, team: Workspace) -> None:
    team.proto("acme/secret/v1/secret.proto", VAULT + "\nmessage Extra {}")
    release(team.root, "1.3.0", ["secret"])
    for against, count in {"acme-secret==1.2.0": 1, "secret==1.3.0": 0}.items():
        done = protoctl("diff", "--json", "--against", against, cwd=team.root)
        [module] = json.loads(done.out)["modules"]
        assert len(module["findings"]) == count
    done = protoctl("diff", "--against", "acme-secret==1.9.0", cwd=team.root)
    assert done.code == 2
    assert "secret 1.9.0 is on no index" in done.err
    assert json.loads(protoctl("diff", "--json", cwd=team.root).out)["modules"][1]["against"] == "acme-secret 1.3.0"


def test_a_package_under_another_name_is_refused(protoctl: Protoctl, team: Workspace) -> None:
    wheel = next((team.root / "index/simple/acme-secret").iterdir())
    place(team.root / "index", wheel.name.replace("1.2.0", "1.9.0"), wheel.read_bytes())
    done = protoctl("plan", cwd=team.root)
    assert done.code == 6, done.err
    assert "was renamed" in done.err


def test_both_languages_count_as_one_release(protoctl: Protoctl, team: Workspace) -> None:
    release(team.root, "1.2.0", targets=("node",))
    assert steps(plan(protoctl, team)) == {}
    release(team.root, "1.3.0", ["secret"], targets=("node",))
    done = protoctl("plan", cwd=team.root)
    assert "secret: half published: team has no python package of 1.3.0" in done.err
    team.configure(CONFIGURATION + '\n[node]\nint64 = "string"\n')
    found = plan(protoctl, team)["common"]
    assert found["reasons"][0] == "64-bit integers are string instead of bigint in Node (package-settings)"
