"""What a private server needs of the system: a folder, an account, a process that ends with its owner."""

from __future__ import annotations

import fcntl
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

MEMORY_BYTES = 2 * 1024**3


class ServerError(RuntimeError):
    """A database server is missing, or did not start; the message says which and shows its log."""


class Folder:
    """A temporary folder, locked while its owner lives; those of owners who were killed are removed first."""

    prefix = "tenu-server-"

    def __init__(self, parent: Path | None, *, account: str) -> None:
        """Make it in *parent* (the system's temporary folder when None), for *account* if we are root."""
        for forgotten in Path(parent or tempfile.gettempdir()).glob(f"{self.prefix}*/owner"):
            with suppress(OSError), forgotten.open() as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(forgotten.parent, ignore_errors=True)
        self.path = Path(tempfile.mkdtemp(prefix=self.prefix, dir=parent))
        if user := _runner(account):
            os.chown(self.path, user.pw_uid, user.pw_gid)
        unseen = self.path / "owner.new"
        self._owner = unseen.open("w")
        fcntl.flock(self._owner, fcntl.LOCK_EX)
        unseen.rename(self.path / "owner")

    def remove(self) -> None:
        """Remove the folder and what is in it."""
        shutil.rmtree(self.path, ignore_errors=True)
        self._owner.close()


def spawn(
    command: list[str], *, folder: Path, account: str, stop_signal: signal.Signals
) -> subprocess.Popen[bytes]:
    """Start *command* in *folder*, which takes its log; it gets *stop_signal* when our thread ends.

    Args:
        command: Program and arguments.
        folder: Working folder; ``server.log`` in it is appended to.
        account: System user to run as when we are root.
        stop_signal: What ends the program in order.
    """
    if setpriv := shutil.which("setpriv"):
        command = [setpriv, "--pdeathsig", stop_signal.name.removeprefix("SIG"), "--", *command]
    user = _runner(account)
    with (folder / "server.log").open("ab") as log:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=folder,
            start_new_session=True,  # Ctrl-C reaches the tests, which stop the server in order
            user=user and user.pw_uid,
            group=user and user.pw_gid,
            extra_groups=user and [],
        )


def kill_family(process: subprocess.Popen[bytes]) -> None:
    """End *process* and the processes it started with SIGKILL."""
    for pid in (process.pid, *_children(process.pid)):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.wait()


def memory_folder() -> Path | None:
    """Return the folder that is memory (a database made there costs a tenth), None without room in it."""
    folder = Path("/dev/shm")  # noqa: S108 - mkdtemp makes the private folder in it
    roomy = folder.is_dir() and shutil.disk_usage(folder).free >= MEMORY_BYTES
    return folder if roomy else None


def binary(name: str) -> str:
    """Return the path of the program *name*; Debian keeps servers out of an ordinary PATH."""
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"])
    if found := shutil.which(name, path=path):
        return found
    way_out = "apt install postgresql mariadb-server-core mariadb-client-core, or --engines sqlite"
    raise ServerError(f"{name} is not installed: {way_out}")


def _runner(account: str) -> pwd.struct_passwd | None:
    """Return who runs a server: *account*, or nobody, when we are root (both engines refuse it); else us."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(account)
    except KeyError:
        return pwd.getpwnam("nobody")


def _children(pid: int) -> tuple[int, ...]:
    """Return the processes that *pid* started, where the system tells (Linux)."""
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    return tuple(map(int, listed.read_text().split())) if listed.exists() else ()
