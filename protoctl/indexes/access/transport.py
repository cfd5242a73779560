"""Asking a server over HTTP with suspicion: bounded in time and size, retried, redirected without credentials."""

from __future__ import annotations

from http import HTTPStatus
from threading import Lock
from typing import TYPE_CHECKING

import requests
from urllib3.exceptions import HTTPError, MaxRetryError
from urllib3.util import Retry

from protoctl.errors import AbsentIndexError, PackageIndexError
from protoctl.indexes.access.addresses import join_address, origin, shown, split_address
from protoctl.indexes.access.exchange import Answer, Question
from protoctl.indexes.access.session import keep, make_session, reason, trust_hint
from protoctl.kit.background import run_within
from protoctl.kit.text import printable, size

if TYPE_CHECKING:
    from collections.abc import Mapping

    from requests import Response

    from protoctl.indexes.access.credentials import Credential, Keys
    from protoctl.indexes.access.exchange import Limits

FAILING = frozenset({500, 502, 503, 504, 507, 508, 520, 521, 522, 523, 524})
"""Statuses after which it is tried again; 429 only when it says when."""
REFUSING = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.PROXY_AUTHENTICATION_REQUIRED}
REDIRECTS = {301, 302, 303, 307, 308}
PASSING = (
    requests.exceptions.ConnectionError,
    requests.exceptions.Timeout,
    requests.exceptions.ChunkedEncodingError,
)
"""What the network does wrong today and right a moment later."""
BEGIN = "where nothing was released yet, begin with `protoctl plan --initial`"
"""What to do about an index that is not there, or not yet."""
BLOCK = 1 << 16
"""Bytes that are read at once."""


class FailingError(Exception):
    """An attempt failed in a way that may pass."""

    def __init__(self, said: str, response: Response | None = None) -> None:
        """Take the reason and the answer that may tell how long to wait."""
        super().__init__(said)
        self.said = said
        self.response = response


class Transport:
    """How one index is asked."""

    def __init__(self, keys: Keys, limits: Limits, environment: Mapping[str, str]) -> None:
        """Take what opens the index, what it may take, and the variables of proxies and authorities."""
        self.keys = keys
        self.root = keys.door.url.rstrip("/") + "/"
        self.home = origin(self.root)
        self.limits = limits
        self.session = make_session(environment)
        self.has_answered: bool | None = None
        self.lock = Lock()

    def ask(self, url: str, accept: str) -> Answer:
        """Give an answer; raises PackageIndexError for all but success and `not found`."""
        return self.answer(Question(url, accept, self.limits.total, self.limits.page))

    def is_there(self) -> bool:
        """Tell whether there is something at the index's own address, which is asked once and not read.

        Raises PackageIndexError.
        """
        question = Question(self.root, "*/*", self.limits.total, 0)
        with self.lock:
            if self.has_answered is None:
                self.has_answered = self.answer(question).is_found
            return self.has_answered

    def fetch(self, url: str) -> bytes:
        """Give a package; raises PackageIndexError."""
        parts = split_address(url)
        if parts is None or parts.username is not None or self.is_downgrade(self.keys.door.url, url):
            hint = "the index has to list plain addresses, of https when it is asked over https"
            raise self.fault("lists a file where none is fetched from", said=shown(url), hint=hint)
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
        retry = Retry(self.limits.retries, backoff_factor=self.limits.backoff, retry_after_max=int(question.seconds))
        while True:
            try:
                return self.attempt(question)
            except FailingError as failure:
                try:
                    retry = retry.increment("GET", question.url)
                except MaxRetryError:
                    times = f"{self.limits.retries + 1} times"
                    hint = f"try again when it is well, or correct {self.setting}"
                    raise self.fault(f"failed {times}: {shown(question.url)}", said=failure.said, hint=hint) from None
                retry.sleep(failure.response.raw if failure.response is not None else None)

    def attempt(self, question: Question) -> Answer:
        """Ask once, with other credentials once more; raises FailingError for what may pass."""
        url = question.url
        for _ in range(self.limits.redirects + 1):
            credential = self.keys.credential if origin(url) == self.home else None
            try:
                with self.send(url, question.accept, credential) as response:
                    if response.status_code in REDIRECTS:
                        url = self.redirect(url, response)
                    elif not self.has_other_key(url, response, credential):
                        return self.read(question, url, response)
            except requests.exceptions.SSLError as error:
                said = reason(error)
                raise self.fault(f"is not trusted: {shown(url)}", said=said, hint=trust_hint(said)) from None
            except PASSING as error:
                raise FailingError(reason(error)) from None
            except (requests.exceptions.RequestException, HTTPError, UnicodeError) as error:
                raise self.fault(f"cannot be asked: {shown(url)}", said=reason(error)) from None
        raise self.fault(f"sends from one address to the next without end: {shown(question.url)}")

    def send(self, url: str, accept: str, credential: Credential | None) -> Response:
        """Send a request; the response is read later."""
        headers = {"Accept": accept}
        if credential:
            headers["Authorization"] = credential.header
        timeout = (self.limits.connect, self.limits.read)
        return self.session.get(url, headers=headers, auth=keep, stream=True, timeout=timeout, allow_redirects=False)

    def has_other_key(self, url: str, response: Response, credential: Credential | None) -> bool:
        """Tell whether the index asks who is there, and another answer can be given."""
        refused = response.status_code == HTTPStatus.UNAUTHORIZED and origin(url) == self.home
        return refused and self.keys.renew(credential)

    def redirect(self, url: str, response: Response) -> str:
        """Give where a response sends; raises PackageIndexError for what is not followed."""
        target = join_address(url, response.headers.get("Location", ""))
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
        """Give the answer of a response that is no redirect."""
        self.judge(url, response)
        media_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        body = self.body(question, url, response) if question.limit else b""
        return Answer(url, response.status_code == HTTPStatus.OK, media_type, body)

    def judge(self, url: str, response: Response) -> None:
        """Raise FailingError or PackageIndexError unless a response tells something, or that there is nothing."""
        status = response.status_code
        if status in {HTTPStatus.OK, HTTPStatus.NOT_FOUND}:
            return
        phrase = f"{status} {response.reason or ''}".strip()
        is_passing = Retry(1, status_forcelist=FAILING).is_retry
        if is_passing("GET", status, has_retry_after="Retry-After" in response.headers):
            raise FailingError(f"it answered {phrase}", response)
        if status in REFUSING:
            raise self.fault(f"refuses with {phrase}: {shown(url)}", hint=self.refusal_hint(url))
        raise self.fault(f"answered {phrase}: {shown(url)}")

    def refusal_hint(self, url: str) -> str:
        """Give what to do when a server asks who is there."""
        if origin(url) == self.home:
            return self.keys.hint()
        return f"the index sent there, and its credentials are not for others; if it moved, correct {self.setting}"

    @property
    def setting(self) -> str:
        """The setting with the index's address."""
        return f"indexes.{self.keys.door.index}.url"

    def body(self, question: Question, url: str, response: Response) -> bytes:
        """Give what a response holds; raises PackageIndexError for more than the limit, before it is taken."""
        content = bytearray()
        declared = response.headers.get("Content-Length", "")[:20]
        if not declared.isdecimal() or int(declared) <= question.limit:
            for block in response.iter_content(BLOCK):
                content += block
                if len(content) > question.limit:
                    break
            else:
                return bytes(content)
        raise self.fault(f"answers with more than {size(question.limit)}: {shown(url)}")

    def absence(self, advice: str = "") -> AbsentIndexError:
        """Give the error for an address where nothing is."""
        hint = f"correct {self.setting}{advice and f', {advice}'}; {BEGIN}"
        what = f"is not there: {shown(self.root)} answered 404"
        return AbsentIndexError(what, where=self.keys.door.index, hint=hint)

    def fault(self, what: str, *, said: str = "", hint: str = "") -> PackageIndexError:
        """Give an error of this index, in which no credential is left."""
        told = "\n".join(printable(line) for line in said.splitlines())
        name = self.keys.door.index
        return PackageIndexError(self.keys.redact(printable(what)), where=name, said=self.keys.redact(told), hint=hint)
