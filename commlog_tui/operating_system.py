"""Differences between POSIX systems and Windows, in one place.

Syncing folders, signals, waiting for a pipe, file permissions. Imports the standard library only.
"""

import os
import signal
import stat
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from select import select
from time import monotonic, sleep
from typing import IO, Any, Final

_PRIVATE_UMASK: Final = 0o077
_OTHERS: Final = 0o077
"""Permissions of group and others."""
_LOOK_SECONDS: Final = 0.01
_SIGNALLED: Final = 128
"""What shells add to the number of the signal that ended a program."""


def sync_folder(folder: Path) -> None:
    """Write a folder's list of names to the disk. Raises ``OSError``.

    On Windows a folder cannot be opened for this; NTFS journals changes of names itself.
    """
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def end_signals() -> tuple[signal.Signals, ...]:
    """Return the signals that ask a program to end."""
    if sys.platform == "win32":
        return (signal.SIGINT, signal.SIGBREAK)  # SIGTERM never arrives there
    return (signal.SIGINT, signal.SIGTERM)


def closing_signals() -> tuple[signal.Signals, ...]:
    """Return the signals that end a program with a terminal from outside, but those to be ignored (nohup)."""
    if sys.platform == "win32":
        return ()
    numbers = signal.SIGHUP, signal.SIGINT, signal.SIGTERM
    return tuple(one for one in numbers if signal.getsignal(one) is not signal.SIG_IGN)


@contextmanager
def ended_by_signals(give_back: Callable[[], object]) -> Iterator[None]:
    """Have these signals give the terminal back and end the program.

    An exception in their place could be raised within an import, which makes another of it or keeps
    a lock.
    """

    def end(number: int, _: object) -> None:
        give_back()
        os._exit(_SIGNALLED + number)

    before = {number: signal.signal(number, end) for number in closing_signals()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def own_session() -> Mapping[str, Any]:
    """Return ``subprocess.Popen`` options for a child that Ctrl+C does not reach."""
    if sys.platform == "win32":
        import subprocess  # noqa: PLC0415 - not on the way to the first frame

        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    return {"start_new_session": True}


def wait_readable(pipe: IO[bytes], seconds: float) -> bool:
    """Wait until an unbuffered pipe has bytes or has ended; return whether it does."""
    if sys.platform == "win32":  # select takes sockets only
        import _winapi  # noqa: PLC0415 - only there
        import msvcrt  # noqa: PLC0415 - only there

        deadline = monotonic() + seconds
        handle = msvcrt.get_osfhandle(pipe.fileno())
        while monotonic() < deadline:
            try:
                if _winapi.PeekNamedPipe(handle, 0)[0]:
                    return True
            except OSError:  # the other end is closed: reading it returns at once
                return True
            sleep(_LOOK_SECONDS)
        return False
    return bool(select([pipe], [], [], seconds)[0])


def wait_any(descriptors: Sequence[int], seconds: float | None) -> Sequence[int]:
    """Wait until one of some terminals or pipes can be read; return those. POSIX only.

    Without a number of seconds it waits as long as it takes.
    """
    return select(descriptors, [], [], seconds)[0]


def set_raw(terminal: int) -> list[Any]:
    """Have a terminal pass on keys as they are typed, unseen; return its attributes as they were.

    What was typed stays. Ctrl+C interrupts, Ctrl+Z and Ctrl+backslash are keys. Raises ``OSError``;
    there are no such attributes on Windows.
    """
    if sys.platform == "win32":
        raise OSError("terminals have no attributes on Windows")
    import termios  # noqa: PLC0415 - not on Windows

    try:
        before = termios.tcgetattr(terminal)
        raw = [*before[:6], [*before[6]]]
        raw[0] &= ~(termios.IXON | termios.IXOFF | termios.ICRNL | termios.INLCR | termios.IGNCR)
        raw[3] &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN)
        raw[6][termios.VMIN], raw[6][termios.VTIME] = 1, 0
        raw[6][termios.VSUSP] = raw[6][termios.VQUIT] = b"\0"
        termios.tcsetattr(terminal, termios.TCSANOW, raw)  # TCSAFLUSH would drop what was typed
    except termios.error as error:
        raise OSError(*error.args) from None
    return before


def set_attributes(terminal: int, attributes: list[Any]) -> None:
    """Give a terminal the attributes that ``set_raw`` returned. One that is gone is ignored."""
    if sys.platform != "win32":
        import termios  # noqa: PLC0415 - not on Windows

        with suppress(termios.error):
            termios.tcsetattr(terminal, termios.TCSANOW, attributes)


def open_unblocking(terminal: int) -> int | None:
    """Return another file descriptor of a terminal, to write as much as it takes now, and never to wait.

    None where there is no such thing. The terminal's own descriptor is shared with other programs,
    which would have to cope with partial writes.
    """
    if sys.platform == "win32":
        return None
    try:
        opened = os.open(os.ttyname(terminal), os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK)
    except OSError:
        return None
    if os.fstat(opened).st_rdev == os.fstat(terminal).st_rdev:
        return opened
    os.close(opened)  # the name is one of another container's
    return None


def on_hangup(terminal: int, act: Callable[[], object]) -> None:
    """Call ``act`` in a thread of its own when a terminal is gone, given its file descriptor.

    SIGHUP says so to the terminal's own session only, and not below ``nohup``. On Windows, which
    ends the programs of a console itself, this is a no-op.
    """
    if sys.platform != "win32":
        from select import POLLHUP, poll  # noqa: PLC0415 - not on Windows
        from threading import Thread  # noqa: PLC0415 - not on the way to the first frame

        def wait() -> None:
            poller = poll()
            poller.register(terminal, 0)  # hangups are always reported
            if any(event & POLLHUP for _, event in poller.poll()):
                act()

        Thread(target=wait, name="hangup", daemon=True).start()


def user_name() -> str:
    """Return the name of who uses this machine."""
    from getpass import getuser  # noqa: PLC0415 - only a log of this machine needs it

    try:
        return getuser()
    except (OSError, KeyError):
        return "this machine"


def can_fork() -> bool:
    """Return whether a process can be copied here, with the files that it has open."""
    return sys.platform != "win32"


def fork() -> int:
    """Copy this process; return the id of the copy, and 0 in it. POSIX only, see ``can_fork``."""
    if sys.platform == "win32":
        raise OSError("processes cannot be copied on Windows")
    return os.fork()


def end_process(process: int, *, at_once: bool = False) -> None:
    """Ask a process to end, or end it at once. One that has ended is ignored."""
    if sys.platform == "win32":
        raise OSError("processes of several workers are for POSIX systems")
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL if at_once else signal.SIGTERM)


@contextmanager
def locked(descriptor: int) -> Iterator[None]:
    """Keep other processes out while a file is locked. The lock ends with its process."""
    if sys.platform == "win32":
        raise OSError("locks of several workers are for POSIX systems")
    import fcntl  # noqa: PLC0415 - not on Windows

    fcntl.lockf(descriptor, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.lockf(descriptor, fcntl.LOCK_UN)


def open_standard_streams() -> None:
    """Open the null device where standard input, output or error is closed.

    Else the next file that is opened, maybe the log, would stand in its place.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            with suppress(OSError):
                taken = os.open(os.devnull, os.O_RDWR)
                if taken != number:  # what is closed is no file descriptor of this process, as in a Windows service
                    os.dup2(taken, number)
                    os.close(taken)
                setattr(sys, name, open(number, "w" if number else "r", encoding="utf-8", closefd=False))  # noqa: SIM115 - to the end


def use_private_umask() -> None:
    """Set a umask so that new files of this process and its children are private."""
    os.umask(_PRIVATE_UMASK)  # Windows has it, and does nothing by it: files get the permissions of their folder there


def is_open_to_others(state: os.stat_result) -> bool:
    """Return whether other users may use a file or folder, given its state. Never on Windows."""
    if sys.platform == "win32":
        return False
    return state.st_uid == os.geteuid() and bool(state.st_mode & _OTHERS)


def is_shared_folder(state: os.stat_result) -> bool:
    """Return whether a folder with this state is for everybody, such as /tmp."""
    return bool(state.st_mode & stat.S_ISVTX)
