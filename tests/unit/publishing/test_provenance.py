"""Statements about releases, read by the reference implementation of in-toto."""

from __future__ import annotations

import json

from google.protobuf.json_format import Parse, ParseDict
from in_toto_attestation.predicates.provenance.v1.provenance_pb2 import Provenance
from in_toto_attestation.v1.resource_descriptor import ResourceDescriptor
from in_toto_attestation.v1.statement import Statement
from in_toto_attestation.v1.statement_pb2 import Statement as StatementMessage

from protoctl.publishing.provenance import Making, Material, make_statement, read_subjects

FILES = {"acme_user-1.4.0-py3-none-any.whl": "a" * 64, "acme-user-1.4.0.tgz": "b" * 64}
MATERIALS = (
    Material("sources", {"gitCommit": "c" * 40}, "git+https://code.example/acme.git"),
    Material("protobuf", {}, "pkg:pypi/protobuf@6.31.0"),
    Material("protoctl.lock", {"sha256": "d" * 64}),
)
MAKING = Making("user", "1.4.0", "services/protos", MATERIALS, {"sources": "e" * 64})


def test_the_statement_is_one_for_the_reference_implementation() -> None:
    statement = Parse(make_statement(MAKING, FILES), StatementMessage())
    Statement.copy_from_pb(statement).validate()
    assert {one.name: one.digest["sha256"] for one in statement.subject} == FILES


def test_the_predicate_has_the_fields_of_slsa_and_no_others() -> None:
    predicate = ParseDict(json.loads(make_statement(MAKING, FILES))["predicate"], Provenance())
    assert predicate.build_definition.build_type.partition(":")[0] == "urn"
    assert predicate.build_definition.external_parameters["module"] == "user"
    assert [one.name for one in predicate.build_definition.resolved_dependencies] == [
        "sources",
        "protobuf",
        "protoctl.lock",
    ]
    for one in predicate.build_definition.resolved_dependencies:
        ResourceDescriptor.copy_from_pb(one).validate()
    assert predicate.run_details.builder.id
    assert not predicate.run_details.HasField("metadata")


def test_subjects_are_read_back() -> None:
    assert read_subjects(make_statement(MAKING, FILES)) == FILES


def test_what_is_no_provenance_has_no_subjects() -> None:
    other = make_statement(MAKING, FILES).replace(b"slsa.dev/provenance/v1", b"acme.example/other")
    assert [read_subjects(data) for data in (b"", b"[]", b"\xff", b"[" * 10000, other)] == [None] * 5
