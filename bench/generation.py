"""Generate the code of every package of the workspace in the current folder, and write it into a folder unpacked.

This file is not imported: it is started with that folder and the targets, so that generating alone can be measured.
"""

import sys
from contextlib import closing
from pathlib import Path

from protoctl.flows.schema import build_schema
from protoctl.flows.session import Options, Session
from protoctl.flows.workshop import Order, Workshop
from protoctl.kit.files import write_tree
from protoctl.targets import load_target
from protoctl.toolchain.install import cache_folder
from protoctl.versioning.release import FIRST, development_release
from protoctl.workspace.discover import discover


def main(out: str, *names: str) -> None:
    """Compile and generate."""
    workspace = discover(Path.cwd())
    targets = [load_target(name, workspace.configuration) for name in names]
    modules = sorted(workspace.modules)
    releases = dict.fromkeys(modules, development_release(FIRST))
    with closing(Session(workspace, Options(cache_folder(), runner="local", offline=True), lambda _: None)) as session:
        workshop = Workshop(session, Order(modules, targets, releases, b""), build_schema(session))
        jobs = [job for target in targets for module in modules for job in workshop.plan(module, target).jobs]
        for _, tree in workshop.generator.generate_each(jobs):
            write_tree(Path(out), tree.files)


if __name__ == "__main__":
    main(*sys.argv[1:])
