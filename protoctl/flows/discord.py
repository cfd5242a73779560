"""Discord: files of one name that are not the same everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protoctl.model.event import Event, Level

if TYPE_CHECKING:
    from protoctl.flows.published import Published
    from protoctl.model.event import Emit


def report_discord(history: Published, emit: Emit) -> None:
    """Warn of each file whose digests, of one algorithm, differ between indexes: what is installed is then chance."""
    known: dict[tuple[str, str], dict[str, list[str]]] = {}
    for publication in history.publications:
        for offer in publication.offers:
            listed = offer.listed
            key = listed.file, listed.digest[: len("sha256")]
            if listed.digest:
                known.setdefault(key, {}).setdefault(listed.digest, []).append(offer.index.name)
    for (file, _), digests in known.items():
        if len(digests) > 1:
            names = " and ".join(sorted({name for places in digests.values() for name in places}))
            emit(Event(f"{history.module}: {file} is not the same on {names}", Level.WARNING))
