"""Google's public APIs as npm has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.corpora import Corpus, read_folder
from bench.equipment import WORK
from protoctl.toolchain.clients import run_npm

if TYPE_CHECKING:
    from bench.equipment import Equipment

PACKAGE = "google-proto-files@6.0.1"
NOBODYS = ("google/protobuf/**", "gapic/**", "google/cloud/run/v2/**")
"""What every compiler has, what is there twice, and a folder with a name that is refused."""
COMMON = "googleapis-common-protos>=1.69.2"
OWNED = {
    "google/api/*.proto": COMMON,
    "google/cloud/*.proto": COMMON,
    "google/cloud/location/*.proto": COMMON,
    "google/iam/v1/*.proto": "grpc-google-iam-v1",
    "google/logging/type/*.proto": COMMON,
    "google/longrunning/*.proto": COMMON,
    "google/rpc/**": COMMON,
    "google/type/*.proto": COMMON,
}
"""What other distributions own, so that packages may not have it; the same distributions have the protos."""
MODULES = (
    "google/*",
    "google/*/*",
    "google/ads/*/*",
    "google/ads/googleads/*/*",
    "google/ads/searchads360/*/*",
    "grafeas/*",
)
"""An API is a module, and of the two that are very large each folder; none need each other in a circle."""
HUGE = "google/cloud/compute/*/*.proto"
"""Files with up to 2,000 messages each."""


def read_google(equipment: Equipment) -> dict[str, bytes]:
    """Give what is in an npm package that is nothing but protos."""
    folder = WORK / "google"
    found = folder / "node_modules/google-proto-files"
    if not found.is_dir():
        folder.mkdir(exist_ok=True)
        what = f"cannot install {PACKAGE}"
        run_npm(["install", "--no-save", PACKAGE], node=equipment.node, folder=folder, what=what)
    return read_folder(found)


GOOGLE = Corpus(
    "google",
    "all of google-proto-files",
    read_google,
    "google",
    ("*/*",),
    exclude=NOBODYS,
)
APIS = Corpus(
    "apis",
    "google-proto-files without compute",
    read_google,
    "google",
    MODULES,
    exclude=(*NOBODYS, *OWNED, HUGE),
    owners=OWNED,
)
COMPUTE = Corpus(
    "compute",
    "google/cloud/compute/v1/compute.proto",
    read_google,
    "google",
    ("google/*/*",),
    only=("google/cloud/compute/v1/compute.proto",),
    owners=OWNED,
)
