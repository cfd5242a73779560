"""What a response means to the index that was asked, and the errors of that index, in which no credential is left."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from protoctl.errors import AbsentIndexError, PackageIndexError
from protoctl.indexes.access.addresses import origin, shown
from protoctl.indexes.access.responses import may_pass, phrase_of, words_of
from protoctl.kit.text import printable, size

if TYPE_CHECKING:
    from requests import Response

    from protoctl.indexes.access.credentials import Keys
    from protoctl.indexes.access.exchange import Question

REFUSING = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.PROXY_AUTHENTICATION_REQUIRED}
MISADDRESSED = {404, 405, 410, 501}
"""What servers say to an upload where none is taken."""
BEGIN = "where nothing was released yet, begin with `protoctl plan --initial`"
"""What to do about an index that is not there, or not yet."""
WHAT = 1000
"""Characters of a sentence, in which a server's own phrase may be."""
SAID = 600
"""Characters of what a server said that are shown."""


class FailingError(Exception):
    """An attempt failed in a way that may pass."""

    def __init__(self, said: str, response: Response | None = None) -> None:
        """Take the reason and the answer that may tell how long to wait."""
        super().__init__(said)
        self.said = said
        self.response = response


class Judge:
    """Judges what one index answers."""

    def __init__(self, keys: Keys) -> None:
        """Take what opens the index, which knows its name and address."""
        self.keys = keys
        self.root = keys.door.url.rstrip("/") + "/"
        self.home = origin(self.root)

    def is_found(self, question: Question, url: str, response: Response) -> bool:
        """Tell whether a response tells something, or that there is nothing.

        Raises FailingError or PackageIndexError for any other.
        """
        status = response.status_code
        if status == HTTPStatus.OK or (question.message and response.ok):
            return True
        if status in question.absence and not question.message:
            return False
        if may_pass(response):
            raise FailingError(f"it answered {phrase_of(response)}", response)
        verb = "refuses with" if status in REFUSING or question.message else "answered"
        hint = self.refusal_hint(question, url, status)
        raise self.fault(f"{verb} {phrase_of(response)}: {shown(url)}", said=words_of(response), hint=hint)

    def refusal_hint(self, question: Question, url: str, status: int) -> str:
        """Give what to do about a refusal."""
        if status in REFUSING:
            if origin(url) == self.home:
                return self.keys.hint()
            return f"the index sent there, and its credentials are not for others; if it moved, correct {self.setting}"
        if question.message and status in MISADDRESSED:
            return f"correct {self.setting}: what is uploaded goes there"
        if question.message and status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            sent = size(len(question.message.body))
            return f"{sent} were sent: raise the limit of the index, or of the proxy in front of it"
        return ""

    @property
    def setting(self) -> str:
        """The setting with the index's address."""
        return f"indexes.{self.keys.door.index}.{self.keys.door.setting}"

    def absence(self, advice: str = "") -> AbsentIndexError:
        """Give the error for an address where nothing is."""
        hint = f"correct {self.setting}{advice and f', {advice}'}; {BEGIN}"
        what = f"is not there: {shown(self.root)} answered 404"
        return AbsentIndexError(what, where=self.keys.door.index, hint=hint)

    def fault(self, what: str, *, said: str = "", hint: str = "") -> PackageIndexError:
        """Give an error of this index, in which no credential is left."""
        told = self.keys.redact("\n".join(printable(line) for line in said.splitlines()))
        name = self.keys.door.index
        return PackageIndexError(self.keys.redact(printable(what))[:WHAT], where=name, said=told[:SAID], hint=hint)
