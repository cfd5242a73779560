"""Which wheels can share an environment without one hiding the faults of another's bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protoctl.targets.python.gate.resolution import Mode, resolve

if TYPE_CHECKING:
    from protoctl.targets.python.gate.pythons import Interpreter
    from protoctl.targets.python.gate.trials import Delivery
    from protoctl.verification.parcel import Parcel
    from protoctl.verification.workbench import Workbench


def split(delivery: Delivery, mode: Mode, python: Interpreter, workbench: Workbench) -> list[Delivery]:
    """Give deliveries that are tried one by one and hold each wheel once; the first holds as many as can be together.

    Wheels whose bounds cannot be met are apart, so are those that contradict others. At the lowest, neither can a wheel
    be with one that keeps out a release which its own bounds allow.
    """
    groups: dict[tuple[str, ...], list[Parcel]] = {}
    for wheel in delivery.tried:
        groups.setdefault(delivery.only([wheel]).bounds, []).append(wheel)
    if len(groups) == 1:
        return [delivery]
    answers = {bounds: resolve(bounds, mode, python, workbench) for bounds in groups}
    sound = [wheel for bounds, wheels in groups.items() if not answers[bounds].contradiction for wheel in wheels]
    joint = resolve(delivery.only(sound).bounds, mode, python, workbench)
    together, apart = [], []
    for bounds, wheels in groups.items():
        fits = not answers[bounds].contradiction and not joint.contradiction
        if fits and (mode is Mode.NEWEST or is_part(answers[bounds].pins, joint.pins)):
            together += wheels
        else:
            apart.append(delivery.only(wheels))
    return [delivery.only(together), *apart] if together else apart


def is_part(pins: dict[str, str], all_pins: dict[str, str]) -> bool:
    """Tell whether an environment holds just the releases that some of its packages would get alone."""
    return all(all_pins.get(name) == version for name, version in pins.items())
