"""A session of requests that trusts what this machine trusts, keeps no cookies, and says why it failed."""

from __future__ import annotations

import ssl
from http.cookiejar import DefaultCookiePolicy
from typing import TYPE_CHECKING, Any

import requests
import truststore
from requests.adapters import HTTPAdapter

import protoctl
from protoctl.kit.text import clock_hint, printable
from protoctl.toolchain.pip_settings import read_pip_settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from requests import PreparedRequest

BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""Variables that name the only authorities to trust, as requests, pip and curl read them."""


class SystemTrust(HTTPAdapter):
    """Trusts the system's authorities; `SSL_CERT_FILE` and `SSL_CERT_DIR` replace them, as OpenSSL reads them."""

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401  as inherited
        """Make connections trust the system."""
        options["ssl_context"] = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        super().init_poolmanager(*arguments, **options)

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:  # noqa: ANN401  as inherited
        """Make connections through a proxy trust the system."""
        options["ssl_context"] = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        return super().proxy_manager_for(proxy, **options)


class PlainSession(requests.Session):
    """Leaves redirects to its caller; otherwise it would read them whole, however long they are."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Give nothing."""
        del resp


def make_session(environment: Mapping[str, str]) -> requests.Session:
    """Give a session; the environment's proxies and authorities hold, and what pip is told of the latter."""
    session = PlainSession()
    session.headers["User-Agent"] = f"protoctl/{protoctl.__version__}"
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    if any(environment.get(name) for name in BUNDLES):
        return session
    bundle = read_pip_settings(environment).get("cert", "")
    if bundle and not environment.get("SSL_CERT_FILE"):
        session.verify = bundle
    else:
        session.mount("https://", SystemTrust())
    return session


def keep(request: PreparedRequest) -> PreparedRequest:
    """Leave a request as it is; with any other or no `auth`, requests adds what .netrc says, also after redirects."""
    return request


def reason(error: BaseException) -> str:
    """Give what went wrong in one line: the innermost cause, which names no address, unlike what wraps it."""
    seen = error
    while inner := next_cause(seen):
        seen = inner
    text = str(seen) if not isinstance(seen, OSError) or not seen.strerror else seen.strerror
    return printable(text.rpartition("): ")[2] or type(seen).__name__)


def next_cause(error: BaseException) -> BaseException | None:
    """Give the exception that another one was made from."""
    candidates = (getattr(error, "reason", None), *error.args, error.__cause__, error.__context__)
    return next((one for one in candidates if isinstance(one, BaseException)), None)


def trust_hint(said: str) -> str:
    """Give what to do about a certificate that was refused."""
    return clock_hint(said) or "name the file of your authorities in SSL_CERT_FILE or REQUESTS_CA_BUNDLE"
