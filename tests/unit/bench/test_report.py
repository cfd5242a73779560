"""Tables show medians, ratios to the reference, and no more than was measured."""

from __future__ import annotations

from bench.aims import AIMS, Reached
from bench.report import aim_cells, aims, measure_of, table
from bench.results import Kept, Score

OURS = Score("ours", "protoctl", (3.0, 1.0, 2.0), (4.0, 6.0, 5.0), (40_000_000, 60_000_000, 50_000_000))
THEIRS = Score("theirs", "others", (4.0,), is_stopped=True)


def keep(race: str, *scores: Score, files: int = 10, facts: tuple[str, ...] = ("today",)) -> Kept:
    """Give a run of a race."""
    return Kept(race, facts, files, 1, ("node", "python"), scores)


def test_table() -> None:
    assert table(keep("cold", OURS, THEIRS), "theirs").splitlines() == [
        "|          | seconds | fastest-slowest | ratio | processor | peak MB |",
        "| -------- | ------: | --------------: | ----: | --------: | ------: |",
        "| protoctl |    2.00 |       1.00-3.00 |  0.50 |      5.00 |      50 |",
        "| others   |  over 4 |       4.00-4.00 |  1.00 |         - |       - |",
    ]


def test_a_run_of_another_day_says_so() -> None:
    assert measure_of(keep("cold", OURS), ["today"]) == "10 files in 1 module, for node and python."
    assert measure_of(keep("cold", OURS), ["yesterday"]).endswith("python.  \ntoday")


def test_aims_that_nothing_is_known_of_are_dashes() -> None:
    lines = aims({}).splitlines()[2:]
    assert len(lines) == len(AIMS)
    assert all(line.split("|")[-3].strip() == "-" for line in lines)


def test_an_aim_is_reached_or_not() -> None:
    aim = next(aim for aim in AIMS if aim.text == "compute.proto for Node")
    assert aim_cells(aim, Reached(4.9))[1:] == ("5 s", "4.90 s", "yes")
    assert aim_cells(aim, Reached(5.1))[1:] == ("5 s", "5.10 s", "no")


def test_beside_who_was_stopped_a_ratio_is_a_bound() -> None:
    aim = next(aim for aim in AIMS if aim.text == "cold, packed, to buf's default strategy, 7,000 files")
    kept = {"cold-apis": keep("cold-apis", OURS, Score("buf-directory", "buf", (10.0,), is_stopped=True))}
    assert aim_cells(aim, aim.find(kept))[1:] == ("0.5", "at most 0.20", "yes")
    kept = {"cold-apis": keep("cold-apis", OURS, Score("buf-directory", "buf", (3.0,), is_stopped=True))}
    assert aim_cells(aim, aim.find(kept))[1:] == ("0.5", "at most 0.67", "unknown")


def test_every_aim_names_what_is_raced() -> None:
    """A slip in the name of a race or a contender would leave a dash for ever."""
    from bench.races import RACES

    asked: set[str] = set()

    class Everything(dict[str, Kept]):
        """Has any race that is asked for."""

        def __contains__(self, name: object) -> bool:
            asked.add(str(name))
            return False

    for aim in AIMS:
        aim.find(Everything())
    assert asked <= {race.name for race in RACES}


def test_growth_is_told_of_all_sizes_or_not_at_all() -> None:
    aim = next(aim for aim in AIMS if aim.text.startswith("growth"))
    sizes = {"tree-10-1": 10, "tree-100-10": 100, "tree-1000-100": 1_000, "tree-10000-1000": 10_000}
    kept = {
        name: keep(name, Score("ours", "protoctl", (1.0 if files == 10 else files / 100,)), files=files)
        for name, files in sizes.items()
    }
    found = aim.find(kept)
    assert found is not None
    assert round(found.value, 6) == 1
    del kept["tree-1000-100"]
    assert aim.find(kept) is None
