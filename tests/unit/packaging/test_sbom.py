"""The bill of materials of a package, judged by the reference implementation of its format."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

from protoctl.packaging.sbom import Bundled, Contents, make_sbom, purl

if TYPE_CHECKING:
    from collections.abc import Iterator

CONTENTS = Contents(
    "npm",
    "@acme/user",
    "1.4.0-rc.1",
    "Apache-2.0",
    {"@bufbuild/protobuf": "^2.5.0", "@acme/common": "^1.0.0"},
    [
        Bundled("", "", ("vendor/odd name.proto",)),
        Bundled("googleapis-common-protos", "1.70.0", ("google/api/annotations.proto", "google/api/http.proto")),
    ],
)


def references(value: Any) -> Iterator[str]:  # noqa: ANN401  whatever JSON can say
    """Give every `bom-ref` of a document."""
    if isinstance(value, dict):
        yield from [value["bom-ref"]] if "bom-ref" in value else []
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from references(one)


def test_the_document_is_valid_and_says_nothing_twice() -> None:
    text = make_sbom(CONTENTS).decode()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    found = list(references(json.loads(text)))
    assert len(found) == len(set(found)) == 7


def test_a_package_without_licence_and_requirements_is_valid() -> None:
    text = make_sbom(Contents("pypi", "acme-user", "1.0.0.dev0", "", {})).decode()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    assert "licenses" not in json.loads(text)["metadata"]["component"]


def test_no_chance_and_no_clock_is_in_it() -> None:
    value = json.loads(make_sbom(CONTENTS))
    assert "serialNumber" not in value
    assert "timestamp" not in value["metadata"]


def test_what_is_required_and_what_is_inside_are_told_apart() -> None:
    value = json.loads(make_sbom(CONTENTS))
    relations = {one["name"]: one["properties"] for one in value["components"]}
    assert [one["value"] for one in relations["@acme/common"]] == ["required", "^1.0.0"]
    assert [one["value"] for one in relations["googleapis-common-protos"]] == ["bundled"]
    assert [one["name"] for one in value["components"][-1]["components"]] == [
        "google/api/annotations.proto",
        "google/api/http.proto",
    ]


def test_addresses_are_those_of_the_specification() -> None:
    for kind, name, version in (("npm", "@acme/user", "1.0.0-rc.1"), ("pypi", "Acme_User", "1.0.0"), ("npm", "a", "")):
        namespace, _, last = name.rpartition("/")
        assert purl(kind, name, version) == PackageURL(kind, namespace or None, last, version or None).to_string()
