"""What was done of each right, kept with the file of the request until its letter is written, and as long as the file.

Source: GDPR 12(1), 12(4); law 5.0 « proof kept ».
"""

from __future__ import annotations

from dataclasses import replace

from tenu.letters.outcome import RightDone, read_done
from tenu.operations.rights.finding import file_of
from tenu.policy.rights import Right
from tenu.ports import Ports


def keep_done(ports: Ports, number: str, done: RightDone) -> None:
    """Keep what was done of one right of request *number*, in place of what was said of it before.

    The operation of a right calls it once its work is done, just before it records that.

    Raises:
        RefusedError: The file of the request is gone.
    """
    file = file_of(ports, number)
    ports.cases.keep(replace(file, done={**file.done, str(done.right): done.plain()}))


def done_of(ports: Ports, number: str) -> dict[Right, RightDone]:
    """Return what was done of each right of request *number*; a right nothing was said of is absent."""
    return {Right(right): read_done(said) for right, said in file_of(ports, number).done.items()}
