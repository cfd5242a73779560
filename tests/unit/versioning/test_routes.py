"""The HTTP routes of methods."""

from __future__ import annotations

import pytest
from compiled import compile_texts

from protoctl.versioning.routes import Route, has_routes, routes_of

PATH = "acme/user/v1/user.proto"
TEXT = """syntax = "proto3"; package acme.user.v1; import "google/api/annotations.proto";
message User {{ string id = 1; }}
service Users {{ rpc Get(User) returns (User) {{ {} }} }}
"""


def routes(option: str) -> list[Route]:
    """Give the routes of a method with an option."""
    method = compile_texts({PATH: TEXT.format(option)}).files[PATH].service[0].method[0]
    assert has_routes(method) == bool(routes_of(method))
    return routes_of(method)


def test_routes() -> None:
    """Every pattern is read, also custom ones and additional bindings."""
    found = routes("""option (google.api.http) = { post: "/v1/{id}" body: "*" response_body: "id"
      additional_bindings { custom { kind: "HEAD" path: "/v1/{id}" } } additional_bindings { delete: "/v1/{id}" } };""")
    assert found == [
        Route("POST", "/v1/{id}", "*", "id"),
        Route("HEAD", "/v1/{id}", "", ""),
        Route("DELETE", "/v1/{id}", "", ""),
    ]
    assert str(found[0]) == "POST /v1/{id}"


@pytest.mark.parametrize("option", ["", "option deprecated = true;"])
def test_no_routes(option: str) -> None:
    """A method without the option has none."""
    assert routes(option) == []


@pytest.mark.parametrize(
    ("wider", "path", "expected"),
    [
        ("/v1/{id}", "/v1/*", True),
        ("/v1/{id=users/*}", "/v1/users/{name}", True),
        ("/v1/{id=users/**}", "/v1/users/{name}", True),
        ("/v1/{id=users/**}", "/v1/users/*/*", True),
        ("/v1/{id=users/**}", "/v1/users", True),
        ("/v1/{id=users/**}", "/v1/users/me", False),
        ("/v1/{id=users/**}", "/v1/groups/*", False),
        ("/v1/{id}", "/v1/users/{id}", False),
        ("/v1/users/*", "/v1/{id=users/**}", False),
        ("/v1/{id}:view", "/v1/{id}", False),
    ],
)
def test_covers(wider: str, path: str, expected: bool) -> None:  # noqa: FBT001  a table
    """A route takes the requests of another whose paths it matches, whatever its variables are called."""
    assert Route("GET", wider, "", "").covers(Route("GET", path, "", "")) is expected


def test_verbs_differ() -> None:
    """A route takes no request with another verb."""
    assert not Route("GET", "/v1", "", "").covers(Route("PUT", "/v1", "", ""))
