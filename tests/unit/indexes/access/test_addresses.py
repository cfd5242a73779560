"""Addresses hold no secrets, neither in the configuration nor in messages."""

from __future__ import annotations

import pytest

from protoctl.errors import ConfigurationError
from protoctl.indexes.access.addresses import check_address, join_address, origin, shown, split_address, variable


def test_a_plain_address_is_taken() -> None:
    assert check_address("shop", "https://shop.example/simple/") == "https://shop.example/simple/"


@pytest.mark.parametrize(
    "url",
    [
        "ftp://shop.example/",
        "shop.example/simple",
        "https://",
        "http://[::1/",
        "http://a:99999/",
        "http://a/\x1b",
        "http://a:0/",
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match="is no http or https address") as caught:
        check_address("shop", url)
    assert caught.value.where == "protoctl.toml: indexes.shop.url"


@pytest.mark.parametrize(
    "url", ["https://joe:canary@shop.example/", "https://canary@shop.example/", "ftp://joe:canary@a/"]
)
def test_credentials_in_an_address_are_refused_and_not_shown(url: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        check_address("my-shop", url)
    assert "canary" not in str(caught.value)


def test_the_refusal_says_why_and_what_to_do() -> None:
    with pytest.raises(ConfigurationError) as caught:
        check_address("my-shop", "https://joe:canary@shop.example/")
    assert "protoctl.toml is committed" in caught.value.what
    assert "PROTOCTL_INDEX_MY_SHOP_USERNAME" in caught.value.hint


@pytest.mark.parametrize("url", ["https://shop.example/?token=1", "https://shop.example/#top"])
def test_more_than_a_path_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match="query or fragment"):
        check_address("shop", url)


def test_variables_have_the_name_of_the_index() -> None:
    assert variable("my-shop_2", "TOKEN") == "PROTOCTL_INDEX_MY_SHOP_2_TOKEN"


def test_origins_are_compared_with_their_ports() -> None:
    assert origin("https://Shop.example/a") == origin("https://shop.example:443/b") == ("https", "shop.example", 443)
    assert origin("http://shop.example") != origin("https://shop.example")
    assert origin("https://shop.example:8443") != origin("https://shop.example")


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("https://joe:canary@shop.example/a?signature=canary#x", "https://shop.example/a"),
        ("https://joe:can@ary@shop.example/a@b", "https://shop.example/a@b"),
        ("joe:canary@shop.example/a", "shop.example/a"),
    ],
)
def test_what_is_shown_holds_no_secret(url: str, text: str) -> None:
    assert shown(url) == text


def test_what_means_nothing_beside_another_stays_as_it_is() -> None:
    assert join_address("http://a/b/", "c") == "http://a/b/c"
    assert join_address("http://a/b/", "http://[::1/") == "http://[::1/"
    assert split_address("http://[::1/") is None
