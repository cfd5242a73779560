"""Asking a server over HTTP, and sending to it, with suspicion.

Bounded in time and size, tried again after what may pass, redirected without credentials.
"""

from __future__ import annotations

from http import HTTPStatus
from io import BytesIO
from threading import Lock
from typing import TYPE_CHECKING

import requests
from urllib3.exceptions import HTTPError, MaxRetryError
from urllib3.util import Retry

from protoctl.indexes.access.addresses import join_address, origin, shown, split_address
from protoctl.indexes.access.credentials import Keys
from protoctl.indexes.access.exchange import Answer, Question
from protoctl.indexes.access.judge import FailingError, Judge
from protoctl.indexes.access.responses import WORDS, media_type_of, read_body
from protoctl.indexes.access.session import keep, make_session, reason, trust_hint
from protoctl.kit.background import run_within
from protoctl.kit.text import size

if TYPE_CHECKING:
    from collections.abc import Mapping

    from requests import Response

    from protoctl.indexes import Surroundings
    from protoctl.indexes.access.credentials import Credential, Door
    from protoctl.indexes.access.exchange import Limits, Message

REDIRECTS = {301, 302, 303, 307, 308}
REPEATING = {307, 308}
"""Redirects after which the same is sent again (RFC 9110)."""
NOT_KNOWN = frozenset({400, 404, 405, 406, 410, 501})
"""What servers say to a question that they do not know."""
PASSING = (
    requests.exceptions.ConnectionError,
    requests.exceptions.Timeout,
    requests.exceptions.ChunkedEncodingError,
)
"""What the network does wrong today and right a moment later."""


def open_door(door: Door, surroundings: Surroundings) -> Transport:
    """Give how what is behind a door is asked from somewhere."""
    return Transport(Keys(door, surroundings.environment), surroundings.limits, surroundings.environment)


class Transport:
    """How one index is asked."""

    def __init__(self, keys: Keys, limits: Limits, environment: Mapping[str, str]) -> None:
        """Take what opens the index, what it may take, and the variables of proxies and authorities."""
        self.keys = keys
        self.root = keys.door.url.rstrip("/") + "/"
        self.home = origin(self.root)
        self.judge = Judge(keys)
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

    def inquire(self, url: str, absence: frozenset[int] = NOT_KNOWN) -> Answer:
        """Give the answer to what not every server can be asked; raises PackageIndexError when it refuses or fails.

        GitLab sends what it does not know to the public registry, whose answer is none.
        """
        seconds = self.limits.total
        return self.answer(Question(url, "application/json", seconds, WORDS, absence=absence, is_for_home=True))

    def hand_over(self, url: str, message: Message, limit: int = 0) -> Answer:
        """Send something, and give what the server answers when it takes it; raises PackageIndexError.

        It is sent again after what may pass: a server may have it by then, and refuse it as known.
        """
        return self.answer(Question(url, "application/json, */*;q=0.5", self.limits.upload, limit, message))

    def fetch(self, url: str) -> bytes:
        """Give a package; raises PackageIndexError."""
        parts = split_address(url)
        if parts is None or parts.username is not None or self.is_downgrade(self.keys.door.url, url):
            hint = "the index has to list plain addresses, of https when it is asked over https"
            raise self.judge.fault("lists a file where none is fetched from", said=shown(url), hint=hint)
        answer = self.answer(Question(url, "*/*", self.limits.fetch, self.limits.file))
        if not answer.is_found:
            raise self.judge.fault(f"does not have what it lists: {shown(url)}")
        return answer.body

    def answer(self, question: Question) -> Answer:
        """Give an answer within the time that there is."""
        try:
            return run_within(question.seconds, lambda: self.persist(question))
        except TimeoutError:
            raise self.judge.fault(
                f"takes longer than {question.seconds:g} s to answer: {shown(question.url)}"
            ) from None

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
                    hint = f"try again when it is well, or correct {self.judge.setting}"
                    raise self.judge.fault(
                        f"failed {times}: {shown(question.url)}", said=failure.said, hint=hint
                    ) from None
                retry.sleep(failure.response.raw if failure.response is not None else None)

    def attempt(self, question: Question) -> Answer:
        """Ask once, with other credentials once more; raises FailingError for what may pass."""
        url = question.url
        for _ in range(self.limits.redirects + 1):
            credential = self.keys.credential if origin(url) == self.home else None
            try:
                with self.send(question, url, credential) as response:
                    if response.status_code in REDIRECTS:
                        url = self.redirect(question, url, response)
                        if question.is_for_home and origin(url) != self.home:
                            return Answer(url, is_found=False, media_type="", body=b"")
                    elif not self.has_other_key(url, response, credential):
                        return self.read(question, url, response)
            except requests.exceptions.SSLError as error:
                said = reason(error)
                raise self.judge.fault(f"is not trusted: {shown(url)}", said=said, hint=trust_hint(said)) from None
            except PASSING as error:
                raise FailingError(reason(error)) from None
            except (requests.exceptions.RequestException, HTTPError, UnicodeError) as error:
                raise self.judge.fault(f"cannot be asked: {shown(url)}", said=reason(error)) from None
        raise self.judge.fault(f"sends from one address to the next without end: {shown(question.url)}")

    def send(self, question: Question, url: str, credential: Credential | None) -> Response:
        """Send a request; the response is read later.

        What is sent is a stream: of bytes, all would have to leave within the seconds to connect.
        """
        headers = {"Accept": question.accept}
        if credential:
            headers["Authorization"] = credential.header
        method, data, silence = "GET", None, self.limits.read
        if message := question.message:
            headers["Content-Type"] = message.media_type
            method, data, silence = message.method, BytesIO(message.body), self.limits.store
        return self.session.request(
            method,
            url,
            data=data,
            headers=headers,
            auth=keep,
            stream=True,
            timeout=(self.limits.connect, silence),
            allow_redirects=False,
        )

    def has_other_key(self, url: str, response: Response, credential: Credential | None) -> bool:
        """Tell whether the index asks who is there, and another answer can be given."""
        refused = response.status_code == HTTPStatus.UNAUTHORIZED and origin(url) == self.home
        return refused and self.keys.renew(credential)

    def redirect(self, question: Question, url: str, response: Response) -> str:
        """Give where a response sends; raises PackageIndexError for what is not followed.

        What is uploaded goes to no other host, and nowhere by a redirect after which browsers only ask.
        """
        target = join_address(url, response.headers.get("Location", ""))
        parts = split_address(target)
        if parts is None or parts.username is not None:
            raise self.judge.fault(f"sends to what is no plain http or https address: {shown(url)}", said=shown(target))
        if self.is_downgrade(url, target):
            raise self.judge.fault(f"sends from https to http: {shown(url)}", said=shown(target))
        is_repeated = response.status_code in REPEATING and origin(target) == origin(url)
        if question.message and not is_repeated:
            hint = f"correct {self.judge.setting}; a login page may stand in its way"
            raise self.judge.fault(f"sends an upload elsewhere: {shown(url)}", said=shown(target), hint=hint)
        return target

    def is_downgrade(self, url: str, target: str) -> bool:
        """Tell whether a target would be asked in the clear although its source was not."""
        return url.startswith("https:") and not target.startswith("https:")

    def read(self, question: Question, url: str, response: Response) -> Answer:
        """Give the answer of a response that is no redirect."""
        is_found = self.judge.is_found(question, url, response)
        body = read_body(response, question.limit) if question.limit else b""
        if body is None:
            raise self.judge.fault(f"answers with more than {size(question.limit)}: {shown(url)}")
        return Answer(url, is_found, media_type_of(response), body)
