"""Asking a server over HTTP with suspicion: bounded in time and size, retried, redirected without credentials."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urljoin

import requests
from urllib3.exceptions import HTTPError, MaxRetryError
from urllib3.util import Retry

from protoctl.errors import PackageIndexError
from protoctl.indexes.access.addresses import origin, shown, split_address
from protoctl.indexes.access.exchange import Answer, Question
from protoctl.indexes.access.session import keep, make_session, reason, trust_hint
from protoctl.kit.background import run_within
from protoctl.kit.text import printable, size

if TYPE_CHECKING:
    from collections.abc import Mapping

    from requests import Response

    from protoctl.indexes.access.exchange import Limits

FAILING = frozenset({500, 502, 503, 504, 507, 508, 520, 521, 522, 523, 524})
"""Statuses after which it is tried again; 429 only when it says when."""
REFUSING = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.PROXY_AUTHENTICATION_REQUIRED}
REDIRECTS = {301, 302, 303, 307, 308}
BLOCK = 1 << 16
"""Bytes that are read at once."""


class Authorise(Protocol):
    """Puts credentials on a request."""

    def __call__(self, headers: dict[str, str]) -> None:
        """Add headers to those of a request to the index's own origin."""
        ...


class FailingError(Exception):
    """An attempt failed in a way that may pass."""

    def __init__(self, said: str, response: Response | None = None) -> None:
        """Take the reason and the answer that may tell how long to wait."""
        super().__init__(said)
        self.said = said
        self.response = response


class Transport:
    """How one index is asked."""

    def __init__(
        self, index: str, base: str, authorise: Authorise | None, limits: Limits, environment: Mapping[str, str]
    ) -> None:
        """Take the index's name and address, what puts credentials on requests there, the limits, the environment."""
        self.index = index
        self.home = origin(base)
        self.authorise = authorise
        self.limits = limits
        self.session = make_session(environment)

    def ask(self, url: str, accept: str) -> Answer:
        """Give an answer; raises PackageIndexError for all but success and `not found`."""
        return self.answer(Question(url, accept, self.limits.total, self.limits.page))

    def probe(self, url: str) -> bool:
        """Tell whether there is something at an address, without reading it; raises PackageIndexError."""
        return self.answer(Question(url, "*/*", self.limits.total, 0)).is_found

    def fetch(self, url: str) -> bytes:
        """Give a package; raises PackageIndexError."""
        answer = self.answer(Question(url, "*/*", self.limits.fetch, self.limits.file))
        if not answer.is_found:
            raise self.fault(f"does not have what it lists: {shown(url)}")
        return answer.body

    def answer(self, question: Question) -> Answer:
        """Give an answer within the time that there is."""
        try:
            return run_within(question.seconds, lambda: self.persist(question))
        except TimeoutError:
            raise self.fault(f"takes longer than {question.seconds:g} s to answer: {shown(question.url)}") from None

    def persist(self, question: Question) -> Answer:
        """Try until it works, or as often as the limits say."""
        retry = Retry(
            total=self.limits.retries,
            status_forcelist=FAILING,
            backoff_factor=self.limits.backoff,
            retry_after_max=int(question.seconds),
        )
        while True:
            try:
                return self.attempt(question)
            except FailingError as failure:
                try:
                    retry = retry.increment("GET", question.url)
                except MaxRetryError:
                    times = f"{self.limits.retries + 1} times"
                    raise self.fault(f"failed {times}: {shown(question.url)}", said=failure.said) from None
                retry.sleep(failure.response.raw if failure.response is not None else None)

    def attempt(self, question: Question) -> Answer:
        """Ask once, following redirects; raises FailingError for what may pass."""
        url = question.url
        for _ in range(self.limits.redirects + 1):
            try:
                with self.send(url, question.accept) as response:
                    if response.status_code not in REDIRECTS:
                        return self.read(question, url, response)
                    url = self.redirect(url, response)
            except requests.exceptions.SSLError as error:
                said = reason(error)
                raise self.fault(f"is not trusted: {shown(url)}", said=said, hint=trust_hint(said)) from None
            except requests.exceptions.ConnectionError as error:
                raise FailingError(reason(error)) from None
            except (requests.exceptions.Timeout, requests.exceptions.ChunkedEncodingError) as error:
                raise FailingError(reason(error)) from None
            except (requests.exceptions.RequestException, HTTPError, UnicodeError) as error:
                raise self.fault(f"cannot be asked: {shown(url)}", said=reason(error)) from None
        raise self.fault(f"sends from one address to the next without end: {shown(question.url)}")

    def send(self, url: str, accept: str) -> Response:
        """Send a request; credentials go to the index's own origin only."""
        headers = {"Accept": accept}
        if self.authorise and origin(url) == self.home:
            self.authorise(headers)
        timeout = (self.limits.connect, self.limits.read)
        return self.session.get(url, headers=headers, auth=keep, stream=True, timeout=timeout, allow_redirects=False)

    def redirect(self, url: str, response: Response) -> str:
        """Give where an answer sends; raises PackageIndexError for what is not followed."""
        target = urljoin(url, response.headers.get("Location", ""))
        parts = split_address(target)
        if parts is None or parts.username is not None:
            raise self.fault(f"sends to what is no plain http or https address: {shown(url)}", said=shown(target))
        if self.is_downgrade(url, target):
            raise self.fault(f"sends from https to http: {shown(url)}", said=shown(target))
        return target

    def is_downgrade(self, url: str, target: str) -> bool:
        """Tell whether a target would be asked in the clear although its source was not."""
        return url.startswith("https:") and not target.startswith("https:")

    def read(self, question: Question, url: str, response: Response) -> Answer:
        """Give the answer behind a response that is no redirect."""
        self.judge(question, url, response)
        is_found = response.status_code == HTTPStatus.OK
        media_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        return Answer(url, is_found, media_type, self.body(question, url, response))

    def judge(self, question: Question, url: str, response: Response) -> None:
        """Raise FailingError or PackageIndexError unless a response tells something, or that there is nothing."""
        status = response.status_code
        if status in {HTTPStatus.OK, HTTPStatus.NOT_FOUND}:
            return
        phrase = printable(f"{status} {response.reason or ''}".strip())
        retry = Retry(total=1, status_forcelist=FAILING)
        if retry.is_retry("GET", status, has_retry_after="Retry-After" in response.headers):
            raise FailingError(f"it answered {phrase}", response)
        if status in REFUSING:
            raise self.fault(f"refuses: {phrase}: {shown(url)}", hint=self.credential_hint(status))
        raise self.fault(f"answered {phrase}: {shown(question.url)}")

    def credential_hint(self, status: int) -> str:
        """Give where credentials come from."""
        del status
        return ""

    def body(self, question: Question, url: str, response: Response) -> bytes:
        """Give what a response holds; raises PackageIndexError for more than the limit, FailingError for less."""
        if not question.limit:
            return b""
        content = bytearray()
        declared = response.headers.get("Content-Length", "")
        is_large = declared.isdecimal() and int(declared[:20]) > question.limit
        for block in response.iter_content(BLOCK) if not is_large else ():
            content += block
            if len(content) > question.limit:
                is_large = True
                break
        if is_large:
            raise self.fault(f"answers with more than {size(question.limit)}: {shown(url)}")
        return bytes(content)

    def fault(self, what: str, *, said: str = "", hint: str = "") -> PackageIndexError:
        """Give an error of this index."""
        lines = [printable(line) for line in said.splitlines()]
        return PackageIndexError(what, where=self.index, said="\n".join(lines), hint=hint)
