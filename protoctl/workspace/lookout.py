"""Notices that files of a workspace change, also while nobody waits for it."""

from __future__ import annotations

from queue import Empty, SimpleQueue
from threading import Event as Flag
from threading import Thread
from typing import TYPE_CHECKING

from protoctl.errors import MachineError
from protoctl.kit.background import start_deaf
from protoctl.workspace.sources import SUFFIX

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from watchfiles import Change

    Filter = Callable[[Change, str], bool]
PAUSE = 1.0
"""Seconds between two looks at the folders themselves: a folder that was moved away with all that is above it is
silent."""
HINT = "raise fs.inotify.max_user_watches and max_user_instances, or set WATCHFILES_FORCE_POLLING=1"


class Ear:
    """Listens at one folder, in a thread."""

    def __init__(self, folder: Path, heard: SimpleQueue[None], is_wanted: Filter, *, is_deep: bool) -> None:
        """Take the folder, what receives something for each change, which paths count, and whether folders in it do."""
        self.folder = folder
        self.heard = heard
        self.is_wanted = is_wanted
        self.is_deep = is_deep
        self.begun, self.ended = Flag(), Flag()
        self.error: OSError | None = None
        self.thread = Thread(target=self.listen, daemon=True)
        start_deaf(self.thread)

    def is_set(self) -> bool:
        """Tell whether to end; who asks this hears every change from then on."""
        self.begun.set()
        return self.ended.is_set()

    def listen(self) -> None:
        """Listen until the end; at a folder that is not there nothing is heard."""
        from watchfiles import watch  # slow to import

        try:
            for _ in watch(self.folder, watch_filter=self.is_wanted, stop_event=self, recursive=self.is_deep):
                self.heard.put(None)
        except FileNotFoundError:
            pass
        except OSError as error:
            self.error = error
        finally:
            self.begun.set()


class Lookout:
    """Watches files and folders of a workspace, whose place others may take."""

    def __init__(self, root: Path, names: Iterable[str], own: Iterable[Path]) -> None:
        """Take the workspace, the names of files in it that count, and the folders into which builds write."""
        self.root = root
        self.files = {str(root / name) for name in names}
        self.own = tuple(prefix for one in own for prefix in (f"{one}/", f"{one.parent}/.{one.name}-"))
        self.folders: tuple[Path, ...] = ()
        self.places: dict[str, tuple[int, int]] = {}
        self.is_lost = True
        self.heard: SimpleQueue[None] = SimpleQueue()
        self.ears: list[Ear] = []

    def __enter__(self) -> Self:
        """Begin to watch nothing."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave no thread."""
        self.stop()

    def aim(self, folders: Iterable[Path]) -> bool:
        """Watch these folders and all in them; True where that begins now, so that what was read before may be old.

        Raises MachineError where the system watches no further folder.
        """
        wanted = tuple(folders)
        if wanted == self.folders and not self.is_moved():
            return False
        self.stop()
        self.folders = wanted
        self.is_lost = False
        self.places = dict(self.look())
        self.start()
        return True

    def wait(self) -> None:
        """Wait until something changed since this was last asked; what changed meanwhile is one change."""
        while not self.is_moved():
            try:
                self.heard.get(timeout=PAUSE)
                break
            except Empty:
                continue
        while not self.heard.empty():
            self.heard.get()

    def is_moved(self) -> bool:
        """Tell whether a watched folder is another than when that began."""
        return self.is_lost or dict(self.look()) != self.places

    def look(self) -> Iterator[tuple[str, tuple[int, int]]]:
        """Give path and identity of each folder that is watched or leads to one, as far as it is there."""
        for folder in {self.root, *self.folders, *self.above()}:
            try:
                status = folder.stat()
            except OSError:
                continue
            yield str(folder), (status.st_dev, status.st_ino)

    def above(self) -> set[Path]:
        """Give the folders between the root and what is watched."""
        return {one for folder in self.folders for one in folder.parents if one.is_relative_to(self.root)}

    def start(self) -> None:
        """Listen at each folder, and return when every change is heard."""
        deep = [folder for folder in self.folders if str(folder) in self.places]
        shallow = [folder for folder in {self.root, *self.above()} if str(folder) in self.places]
        self.ears += [Ear(folder, self.heard, self.is_inside, is_deep=True) for folder in deep]
        self.ears += [Ear(folder, self.heard, self.is_named, is_deep=False) for folder in shallow]
        for ear in self.ears:
            ear.begun.wait()
            if ear.error:
                raise MachineError(f"cannot watch {ear.folder}", said=str(ear.error), hint=HINT)

    def stop(self) -> None:
        """End every thread."""
        for ear in self.ears:
            ear.ended.set()
        for ear in self.ears:
            ear.thread.join()
        self.ears = []

    def is_named(self, change: Change, path: str) -> bool:
        """Tell whether a change beside what is watched counts; one of a watched folder takes it out of sight."""
        del change
        is_folder = path in self.places or path in map(str, self.folders)
        self.is_lost |= is_folder
        return is_folder or path in self.files

    def is_inside(self, change: Change, path: str) -> bool:
        """Tell whether a change within what is watched counts: any but what builds and editors write aside."""
        from watchfiles import DefaultFilter

        if path.startswith(self.own):
            return False
        return path.endswith(SUFFIX) or path in self.files or DefaultFilter()(change, path)
