"""What is asked of the operating system: locks, two folders exchanged at once, disks, signals.

Each works as well as the system lets it: where it has no locks or no exchange, the caller goes on
without, and what is said of a kill then holds less strictly.
"""

import ctypes
import os
import platform
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from errno import ENOLCK, EOPNOTSUPP
from pathlib import Path
from typing import Any

if sys.platform != "win32":
    import fcntl

_LISTED = {letter: f"\\{ord(letter):03o}" for letter in " \t\n\\"}  # as in a list of mounts
_HERE = -100  # AT_FDCWD: paths that are not absolute begin where the process stands
_EXCHANGE = 2  # RENAME_EXCHANGE of Linux and RENAME_SWAP of macOS alike


@contextmanager
def locked(file: Path, busy: Callable[[str], None]) -> Iterator[None]:
    """Hold the lock that a file stands for; the file is there only while somebody holds it.

    A process that ends, however it ends, lets go of its locks. While another holds this one,
    ``busy`` is called with who that is; it raises, or this waits.
    """
    descriptor = _acquired(file, busy)
    try:
        yield
    finally:
        if descriptor is not None:
            file.unlink(missing_ok=True)  # before letting go: who waits then sees that it is gone
            os.close(descriptor)


def _acquired(file: Path, busy: Callable[[str], None]) -> int | None:
    """Return the open, locked file; None where there are no locks."""
    while sys.platform != "win32":
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            if not _lock(descriptor, file, busy):
                os.close(descriptor)
                return None
            if _is_at(descriptor, file):
                os.ftruncate(descriptor, 0)
                os.write(descriptor, f"process {os.getpid()} on {platform.node()}".encode())
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)
    return None


def _lock(descriptor: int, file: Path, busy: Callable[[str], None]) -> bool:
    """Wait for the lock; return False where the file system has none."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        busy(os.pread(descriptor, 200, 0).decode(errors="replace") or str(file))
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    except OSError as error:
        if error.errno in {ENOLCK, EOPNOTSUPP}:
            return False
        raise
    return True


def _is_at(descriptor: int, file: Path) -> bool:
    """Return whether a path still leads to the file that was opened."""
    with suppress(FileNotFoundError):
        return os.path.samestat(os.fstat(descriptor), file.stat())
    return False


def exchange(one: Path, other: Path) -> bool:
    """Let two folders of one file system take each other's names in one step.

    Returns False, having done nothing, where the system cannot.
    """
    library, names = _library(), (os.fsencode(one), os.fsencode(other))
    if hasattr(library, "renameat2"):
        return bool(library.renameat2(_HERE, names[0], _HERE, names[1], _EXCHANGE) == 0)
    if hasattr(library, "renamex_np"):
        return bool(library.renamex_np(*names, _EXCHANGE) == 0)
    return False


def is_mount_point(folder: Path) -> bool:
    """Return whether something is mounted at a folder, be it a folder of the same file system.

    Links lead on.
    """
    if os.path.ismount(folder.resolve()):
        return True
    with suppress(OSError):  # a bound folder looks like any other, but Linux lists it
        mounts = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="surrogateescape")
        wanted = "".join(_LISTED.get(letter, letter) for letter in str(folder.resolve()))
        return any(line.split(" ")[4] == wanted for line in mounts.splitlines())
    return False


def flush(folder: Path) -> None:
    """Wait until everything that was written to the file system of a folder is on its disk."""
    library = _library()
    if hasattr(library, "syncfs"):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            library.syncfs(descriptor)
        finally:
            os.close(descriptor)
    elif hasattr(os, "sync"):
        os.sync()


def _library() -> Any:
    return None if sys.platform == "win32" else ctypes.CDLL(None)


@contextmanager
def stopped_like_ctrl_c() -> Iterator[None]:
    """Let SIGTERM and a closed terminal end the work as Ctrl-C does: by KeyboardInterrupt.

    A closed terminal that the caller ignores, as ``nohup`` does, stays ignored.
    """
    with handling(signal.default_int_handler):
        yield


@contextmanager
def handling(handler: Callable[[int, Any], object]) -> Iterator[None]:
    """Call ``handler`` on each of the signals that ask to stop, in the main thread."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may handle signals
        return
    numbers = [getattr(signal, n) for n in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, n)]
    before = {number: signal.getsignal(number) for number in numbers}
    if before.get(getattr(signal, "SIGHUP", None)) is signal.SIG_IGN:
        del before[signal.SIGHUP]
    try:
        for number in before:
            signal.signal(number, handler)
        yield
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier or signal.SIG_DFL)
