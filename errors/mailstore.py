"""Mails from where they lie: files, folders, Maildir and mbox, one at a time."""

import mailbox
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

_MBOX_MARK = b"From "  # the line before each mail of an mbox, RFC 4155


@dataclass(frozen=True, slots=True)
class Mail:
    """Where a mail lies and how to fetch its bytes; fetching may raise OSError."""

    name: str
    fetch: Callable[[], bytes]


def find_mails(paths: Iterable[Path]) -> list[Mail]:
    """Return all mails under the paths, in order; of an mbox only places are held in memory.

    Raises OSError for a path that is not there or may not be read.
    """
    return [mail for path in paths for mail in _mails_at(path)]


def _mails_at(path: Path) -> Iterator[Mail]:
    if not path.is_dir():
        yield from _mails_of_mbox(path) if _is_mbox(path) else _one(path)
    elif _is_maildir(path):
        box = mailbox.Maildir(path, factory=None, create=False)
        for key in sorted(box.keys()):
            yield Mail(f"{path}/{key}", partial(_fetch, box, key))
    else:
        for child in sorted(path.iterdir()):
            if not child.name.startswith("."):
                yield from _mails_at(child)


def _one(path: Path) -> Iterator[Mail]:
    yield Mail(str(path), path.read_bytes)


def _is_maildir(path: Path) -> bool:
    return all((path / folder).is_dir() for folder in ("cur", "new"))


def _is_mbox(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_MBOX_MARK)) == _MBOX_MARK


class _Mbox(mailbox.mbox):
    """An mbox that closes its file when nobody wants its mails any more."""

    def __del__(self) -> None:
        self.close()


def _mails_of_mbox(path: Path) -> Iterator[Mail]:
    box = _Mbox(path, create=False)
    for number, key in enumerate(box.iterkeys(), start=1):
        yield Mail(f"{path}#{number}", partial(_fetch, box, key))


def _fetch(box: mailbox.Mailbox[mailbox.Message], key: str) -> bytes:
    try:
        return box.get_bytes(key)
    except KeyError as error:  # taken away since it was listed
        raise FileNotFoundError(key) from error
