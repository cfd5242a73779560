"""Published versions, rebuilt from what they were made from and compared."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING

import pytest
from compiled import session as tools
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from releases import INDEX, release
from repositories import commit, git

from protoctl.cache.results import FolderStore
from protoctl.errors import UsageError, WorkspaceError
from protoctl.flows.catalogue import find_distribution, require_publication
from protoctl.flows.papers import SIGNING_KEY, take_signer
from protoctl.flows.receipts import papers_of
from protoctl.flows.reproduce import reproduce
from protoctl.flows.scrutiny import judge_papers
from protoctl.kit.digest import digest_file
from protoctl.model.event import Event, silent
from protoctl.publishing.provenance import Making, make_statement
from protoctl.workspace.discover import discover

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Protoctl, Workspace

    from protoctl.model.trial import Verdict

SETTINGS = '[workspace]\nname = "acme"\nmodules = ["acme/*"]\n' + INDEX
WHEEL = "index/simple/acme-user/acme_user-0.1.0-py3-none-any.whl"


def published(workspace: Workspace, *targets: str) -> Path:
    """Release one module on top of another in a repository, and give its folder."""
    workspace.configure(SETTINGS)
    workspace.proto("acme/common/v1/page.proto", "message Page {\n  int32 size = 1;\n}")
    workspace.proto(
        "acme/user/v1/user.proto",
        "message User {\n  acme.common.v1.Page page = 1;\n}",
        imports=("acme/common/v1/page.proto",),
    )
    workspace.write(".gitignore", "index/\n.protoctl/\n")
    commit(workspace.root)
    release(workspace.root, "0.1.0", targets=targets or ("python",))
    return workspace.root


def verified(root: Path, text: str = "user==0.1.0", key: Path | None = None, emit: list[str] | None = None) -> Verdict:
    """Give what becomes of a version; what is told goes to `emit`."""

    def tell(event: Event) -> None:
        if emit is not None:
            emit.append(event.text)

    return reproduce(discover(root), tools().options, text, key, tell)


def outcomes(verdict: Verdict) -> dict[str, str]:
    return {trial.consumer: trial.outcome for trial in verdict.trials}


def edit_common(root: Path) -> None:
    """Change what `user` imports, which its own protos do not show."""
    proto = root / "proto/acme/common/v1/page.proto"
    proto.write_text(proto.read_text().replace("size", "length"))


def test_every_published_file_is_rebuilt_from_the_workspace(workspace: Workspace) -> None:
    root = published(workspace, "python", "node")
    said: list[str] = []
    verdict = verified(root, "acme-user==0.1.0", emit=said)
    assert outcomes(verdict) == {
        "rebuild, acme_user-0.1.0-py3-none-any.whl on team": "passed",
        "rebuild, user-0.1.0.tgz on team": "passed",
    }
    assert "rebuilding acme-user 0.1.0 from this workspace" in said
    assert "the same to the byte: user-0.1.0.tgz on team" in said


def test_a_changed_workspace_is_no_origin_and_an_older_commit_is(workspace: Workspace) -> None:
    root = published(workspace)
    first = git(root, "rev-parse", "HEAD")
    edit_common(root)
    commit(root)
    said: list[str] = []
    assert outcomes(verified(root, emit=said)) == {"rebuild, acme_user-0.1.0-py3-none-any.whl on team": "passed"}
    assert f"rebuilding acme-user 0.1.0 from commit {first[:12]}" in said
    git(root, "tag", "user/v0.1.0", first)
    said.clear()
    verified(root, emit=said)
    assert f"rebuilding acme-user 0.1.0 from user/v0.1.0 ({first[:12]})" in said


def test_a_changed_file_is_told_with_what_differs_inside(workspace: Workspace) -> None:
    root = published(workspace)
    inject(root / WHEEL)
    verdict = verified(root)
    [trial] = verdict.failed
    assert "only there: acme/user/v1/evil.py" in trial.faults[0].said
    assert "published: sha256" in trial.faults[0].said


def inject(wheel: Path) -> None:
    """Put a module into a wheel that its RECORD tells of, as somebody would who means harm."""
    with zipfile.ZipFile(wheel) as archive:
        files = {one: archive.read(one) for one in archive.namelist()}
    record = next(name for name in files if name.endswith("/RECORD"))
    files["acme/user/v1/evil.py"] = b""
    files[record] += b"acme/user/v1/evil.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\n"
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    wheel.write_bytes(stream.getvalue())


def test_sources_that_are_nowhere_are_told_with_the_way_out(workspace: Workspace) -> None:
    root = published(workspace)
    edit_common(root)
    git(root, "commit", "--quiet", "--all", "--amend", "--message", "rewritten")
    with pytest.raises(WorkspaceError, match="the sources of acme-user") as caught:
        verified(root)
    assert "fetch all branches and tags" in caught.value.hint


@pytest.mark.slow
def test_a_shallow_clone_is_told_to_become_a_whole_one(workspace: Workspace) -> None:
    root = published(workspace)
    edit_common(root)
    commit(root)
    clone = root.with_name("clone")
    git(root.parent, "clone", "--quiet", "--depth", "1", root.as_uri(), str(clone))
    (clone / "index").symlink_to(root / "index")
    with pytest.raises(WorkspaceError, match="not to be found") as caught:
        verified(clone)
    assert "git fetch --tags --unshallow" in caught.value.hint
    git(clone, "fetch", "--quiet", "--unshallow")
    assert not verified(clone).failed


def test_papers_are_compared_and_their_signature_is_asked_for(workspace: Workspace) -> None:
    root = published(workspace)
    key = Ed25519PrivateKey.generate()
    public = root / "key.pub"
    public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    assert papers(root, public) == {"provenance.dsse.json": "failed"}
    folder = papers_of(root, "user", "0.1.0")
    folder.mkdir(parents=True)
    digest = digest_file(root / WHEEL)
    write_papers(folder, key, digest)
    assert papers(root, public) == {"provenance.json": "passed", "provenance.dsse.json": "passed"}
    assert papers(root, None) == {"provenance.json": "passed", "provenance.dsse.json": "skipped"}
    write_papers(folder, Ed25519PrivateKey.generate(), digest)
    assert papers(root, public) == {"provenance.json": "passed", "provenance.dsse.json": "failed"}
    write_papers(folder, key, "0" * 64)
    assert papers(root, public) == {"provenance.json": "failed", "provenance.dsse.json": "failed"}
    assert papers(root, public).items() <= outcomes(verified(root, key=public)).items()


def papers(root: Path, key: Path | None) -> dict[str, str]:
    """Give what becomes of the papers alone."""
    options = tools().options
    history, version = find_distribution(discover(root), "user==0.1.0", options, silent)
    publication = require_publication(history, version)
    trials = judge_papers(root, "user", publication, key, FolderStore(options.cache, silent))
    return {trial.consumer: trial.outcome for trial in trials}


def write_papers(folder: Path, key: Ed25519PrivateKey, digest: str) -> None:
    """Write a statement about a wheel, plain and signed."""
    statement = make_statement(Making("user", "0.1.0", ".", (), {}), {WHEEL.rpartition("/")[2]: digest})
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    environment = {SIGNING_KEY: pem}
    signer = take_signer(environment)
    assert signer
    assert environment == {}
    (folder / "provenance.json").write_bytes(statement)
    (folder / "provenance.dsse.json").write_bytes(signer.sign(statement))


def test_another_generator_is_told_first(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    root = published(workspace)
    monkeypatch.setattr("protoctl.flows.reproduce.__version__", "9.9.9")
    said: list[str] = []
    verified(root, emit=said)
    assert said[0].endswith("this is protoctl 9.9.9: with the same version, bytes are the same")


def test_the_command_exits_by_what_it_found(workspace: Workspace, protoctl: Protoctl) -> None:
    root = published(workspace)
    done = protoctl("verify", "user==0.1.0", "--json", "--runner", "local", "--workspace", root)
    assert done.code == 0, done.err
    assert [trial["faults"] for trial in json.loads(done.out)["trials"]] == [[]]
    (root / WHEEL).write_bytes((root / WHEEL).read_bytes() + b"\0")
    assert protoctl("verify", "user==0.1.0", "--runner", "local", "--workspace", root).code == 6
    unknown = protoctl("verify", "user==0.2.0", "--workspace", root)
    assert (unknown.code, "user 0.2.0 is on no index" in unknown.err) == (2, True)


def test_a_version_stands_alone(workspace: Workspace, protoctl: Protoctl) -> None:
    workspace.configure(SETTINGS)
    done = protoctl("verify", "user==0.1.0", "dist", "--workspace", workspace.root)
    assert done.code == 2
    assert "cannot be verified beside others" in done.err
    keyed = protoctl("verify", "--key", "key.pub", "--workspace", workspace.root)
    assert (keyed.code, "--key is for the papers of a release" in keyed.err) == (2, True)


def test_a_key_that_is_none_is_not_shown() -> None:
    for text in ("-----BEGIN PRIVATE KEY-----\nsecret\n-----END PRIVATE KEY-----", "no/such/file"):
        with pytest.raises(UsageError, match="PROTOCTL_SIGNING_KEY") as caught:
            take_signer({SIGNING_KEY: text})
        assert text not in str(caught.value)
    assert take_signer({}) is None
