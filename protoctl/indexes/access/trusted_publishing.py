"""Trusted publishing: what a CI job is becomes a token of the index, for minutes, and nobody keeps a password.

The exchange is described in PyPI's documentation, "Trusted Publishers: Internals".
"""

from __future__ import annotations

import json
from math import inf
from time import monotonic
from typing import TYPE_CHECKING

from urllib3.exceptions import HTTPError

from protoctl.indexes.access.addresses import join_address
from protoctl.indexes.access.credentials import TOKEN_USER, Credential
from protoctl.indexes.access.exchange import Message
from protoctl.indexes.access.responses import WORDS, read_object
from protoctl.indexes.access.transport import NOT_KNOWN
from protoctl.kit.hosts import is_loopback
from protoctl.kit.secret import Secret

if TYPE_CHECKING:
    from protoctl.indexes.access.transport import Transport

AUDIENCE, MINT = "/_/oidc/audience", "/_/oidc/mint-token"
"""Below the host that takes the uploads."""
NOT_OFFERED = NOT_KNOWN | {401, 403}
"""What indexes answer that have no such thing."""
SECONDS = 600
"""For which a token is used; it counts for a little longer."""


class TrustedPublisher:
    """Gets the token of a CI job for an index that gives any."""

    def __init__(self, transport: Transport) -> None:
        """Take how the index is written to."""
        self.transport = transport
        self.end = 0.0  # until when there is nothing to do

    def identify(self) -> None:
        """Let the index have a credential that is good for the next upload, where nothing else opens it.

        Raises PackageIndexError when the index offers this, and it or the CI then refuses.
        """
        keys = self.transport.keys
        if keys.first or monotonic() < self.end or not self.is_safe():
            return
        keys.second = None  # what was minted before opens nothing any more
        audience = self.ask_audience()
        identity = self.find_identity(audience) if audience else None
        if identity is None:
            self.end = inf
            return
        keys.second = Credential("trusted publishing", TOKEN_USER, self.mint(identity))
        self.end = monotonic() + SECONDS

    def is_safe(self) -> bool:
        """Tell whether nobody listens: an identity is sent over https, or within this machine."""
        scheme, host, _ = self.transport.home
        return scheme == "https" or is_loopback(host)

    def ask_audience(self) -> str:
        """Give whom a CI has to make its identity out to; nothing from an index that offers no such thing."""
        answer = self.transport.inquire(join_address(self.transport.root, AUDIENCE), NOT_OFFERED)
        told = read_object(answer.body) if answer.is_found else None
        audience = (told or {}).get("audience", "")
        return audience if isinstance(audience, str) else ""

    def find_identity(self, audience: str) -> str | None:
        """Give what the CI says that this job is, signed; None where there is no CI that does."""
        from id import IdentityError, detect_credential

        try:
            identity = detect_credential(audience)
        except (IdentityError, HTTPError) as error:
            what, said = "wants to know this CI job, which cannot tell", str(error)
            hint = "let the job have an identity (on GitHub `permissions: id-token: write`), or set a token"
            raise self.transport.judge.fault(what, said=said, hint=hint) from None
        if identity:
            self.transport.keys.hide(identity)
        return identity

    def mint(self, identity: str) -> Secret:
        """Give the token that the index gives for an identity."""
        message = Message("POST", "application/json", json.dumps({"token": identity}).encode())
        answer = self.transport.hand_over(join_address(self.transport.root, MINT), message, WORDS)
        token = (read_object(answer.body) or {}).get("token", "")
        if not isinstance(token, str) or not token.strip() or not token.isprintable():
            hint = "register this repository and workflow as a trusted publisher of the project there"
            raise self.transport.judge.fault("gives this CI job no token", hint=hint)
        return Secret(token)
