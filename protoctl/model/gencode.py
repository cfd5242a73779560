"""Which protobuf runtime the code of each grpcio-tools works from: measured, since no metadata tells it.

Each release was installed alone, `protoc --python_out --grpc_python_out` run on one message and one service, and the
header and the checks of the two files read: the first and the last release of most minors from 1.60 to 1.85. What code
works from is what it checks; for code that checks nothing it was tried by importing, sending and reading options under
both implementations of the runtime (upb and pure Python), on that release and the one before it:

- code of 1.63 to 1.65 names 5.26.1 and checks nothing. It works on 5.26.0; on 4.25 the pure Python runtime loses the
  options that a file declares itself, and upb happens to work, which protobuf does not promise.
- its code of services was made for the grpcio of its tools, and warns of an older one. It works on 1.64.0 and not on
  1.63.2, which lacks a method of servers.
- from 1.66 on the code checks at import that the runtime is not older than the version that it names, and code of
  services that grpcio is not older than the tools.
- mypy-protobuf runs in the same Python as grpcio-tools, and promises less than its own code needs: 3.7 checks for
  protobuf 5.28.2 and 4.0 to 5.1 for 6.32.1, where their metadata say 4.25. grpcio-tools below 1.72 asks for protobuf 5,
  which protoc does not import; so the newest protobuf goes beside it (PLUGIN_RUNTIME), and no floor changes the stubs.
"""

from __future__ import annotations

from typing import NamedTuple

from packaging.version import Version


class Series(NamedTuple):
    """Releases of grpcio-tools whose code works from the same runtime on."""

    tools: str
    """The first of them; the last is the one before the next series."""
    runtime: str
    """The oldest protobuf that the code works with."""
    edition: int
    """The newest edition of protos that it takes; 0 for none."""
    grpcio: str = ""
    """The oldest grpcio that code of services works with; nothing where it refuses one older than its tools."""


SERIES = (
    Series("1.63", "5.26.0", 0, "1.64.0"),
    Series("1.66", "5.27.2", 2023),
    Series("1.68", "5.28.1", 2023),
    Series("1.69", "5.29.0", 2023),
    Series("1.72", "6.30.0", 2023),
    Series("1.73", "6.31.0", 2023),
    Series("1.74", "6.31.1", 2023),
    Series("1.81", "6.33.5", 2024),
    Series("1.82", "7.35.0", 2024),
    Series("1.83", "7.35.1", 2024),
)
"""Ascending."""
BEYOND = "1.86"
"""The first minor of grpcio-tools that was not measured; what it and later ones emit has to be seen."""
LOWEST = SERIES[0].runtime
PLUGIN_RUNTIME = "protobuf>=6.32.1"
"""What mypy-protobuf runs on, whatever grpcio-tools asks for."""


def series_for(floor: str) -> Series | None:
    """Give the newest series whose code works from a runtime on; None when that is older than every one."""
    fitting = [series for series in SERIES if Version(series.runtime) <= Version(floor)]
    return fitting[-1] if fitting else None


def tools_for(floor: str) -> str:
    """Give what grpcio-tools has to be for a floor, which is not older than LOWEST.

    The newest series has no end: whether one from BEYOND on still fits is for the resolver to find out.
    """
    series = series_for(floor)
    if not series:
        raise ValueError(floor)
    at = SERIES.index(series) + 1
    end = f",<{SERIES[at].tools}" if at < len(SERIES) else ""
    return f"grpcio-tools>={series.tools}{end}"


def is_measured(tools: str) -> bool:
    """Tell whether the table knows what a release of grpcio-tools emits."""
    return Version(tools) < Version(BEYOND)


def floor_within(protobuf: Version, grpcio: Version | None) -> str:
    """Give the highest floor whose packages work with installed runtimes, nothing when there is none.

    `grpcio` is None where no services are. A package asks for the grpcio of the tools that wrote it, so all of a series
    have to be older than what is installed.
    """
    ends = [*(series.tools for series in SERIES[1:]), BEYOND]
    fitting = [
        series
        for series, end in zip(SERIES, ends, strict=True)
        if Version(series.runtime) <= protobuf and (grpcio is None or Version(series.grpcio or end) <= grpcio)
    ]
    return fitting[-1].runtime.removesuffix(".0") if fitting else ""
