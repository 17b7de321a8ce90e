"""Reading an e-mail somebody sent, whatever is in it: hostile, broken or huge, it is read as far as it can be, never refused.

What is read helps a human; what counts is the message itself, kept whole beside.

Source: RFC 5322, RFC 2045 to 2047; GDPR 12(2).
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email import message_from_bytes
from email.header import decode_header
from email.message import Message
from email.utils import parseaddr
from html.parser import HTMLParser
from typing import Any

TEXT_LIMIT = 20_000
LINE_LIMIT = 300
PARTS = 200
"""How much of a message is read for people: characters of text and of a heading, parts."""
_IDENTIFIER = re.compile(r"<([!-;=?-~]{1,250})>")
_ADDRESS = re.compile(r"[^\s<>\"]{1,200}@[^\s<>\"]{1,200}")
_UNSEEN = ("script", "style", "head", "title")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file in a message: the *name* it gives itself, its type, its bytes."""

    name: str
    type: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadMail:
    """What could be read of a message. *answers*: the Message-IDs it refers to. *readable*: False when only its beginning was."""

    sender: str
    subject: str
    text: str
    message_id: str
    answers: tuple[str, ...]
    attachments: tuple[Attachment, ...]
    readable: bool

    def plain(self) -> dict[str, Any]:
        """Return it as JSON values."""
        files = [{"name": f.name, "type": f.type, "size": f.size} for f in self.attachments]
        said: dict[str, Any] = {name: getattr(self, name) for name in _TEXTS}
        return {**said, "answers": list(self.answers), "attachments": files, "readable": self.readable}


_TEXTS = ("sender", "subject", "text", "message_id")


def mail_of(said: Mapping[str, Any]) -> ReadMail:
    """Return what ``ReadMail.plain`` gave *said* for."""
    return ReadMail(
        **{name: said[name] for name in _TEXTS},
        answers=tuple(said["answers"]),
        attachments=tuple(Attachment(**file) for file in said["attachments"]),
        readable=said["readable"],
    )


def read_mail(raw: bytes) -> ReadMail:
    """Return what can be read of *raw*; never an error, whatever it holds."""
    try:
        return _read(raw)
    except Exception:  # no message may stop the others from being read
        return _beginning(raw)


def same_as(raw: bytes, message_id: str) -> bytes:
    """Return what two copies of one message share, whichever way each came: its Message-ID and all that follows its head."""
    _, mark, body = raw.partition(b"\r\n\r\n" if b"\r\n\r\n" in raw else b"\n\n")
    counted = body if message_id and mark else raw
    return message_id.encode("utf-8", "replace") + b"\x1f" + hashlib.sha256(counted).digest()


def shown(text: str, limit: int = TEXT_LIMIT) -> str:
    """Return *text* as it may be shown: nothing that moves a cursor, reorders a line or hides, and not endless."""
    kept = (sign for sign in text[: limit * 2].replace("\r\n", "\n") if sign in "\n\t" or _is_seen(sign))
    return "".join(kept)[:limit]


def _read(raw: bytes) -> ReadMail:
    message = message_from_bytes(raw)
    texts: dict[str, list[str]] = {"text/plain": [], "text/html": []}
    attachments = []
    for part in _parts(message):
        kind, name, content = part.get_content_type(), part.get_filename(), _content(part)
        if kind in texts and not name and part.get_content_disposition() != "attachment":
            texts[kind].append(_decoded(content, part))
        else:
            shown_name = _line(_heading(name)) if name else ""
            attachments.append(Attachment(name=shown_name, type=_line(kind), size=len(content)))
    text = "\n".join(texts["text/plain"]) or "\n".join(map(_without_tags, texts["text/html"]))
    return ReadMail(
        sender=_address(_first(message, "From")),
        subject=_line(_first(message, "Subject")),
        text=shown(text),
        message_id=next(_identifiers(_first(message, "Message-ID")), ""),
        answers=tuple(
            dict.fromkeys(_identifiers(_first(message, "In-Reply-To") + _first(message, "References")))
        )[:PARTS],
        attachments=tuple(attachments),
        readable=True,
    )


def _beginning(raw: bytes) -> ReadMail:
    """Return the first characters of a message nothing else can be read of."""
    text = shown(raw[: TEXT_LIMIT * 2].decode("utf-8", "replace"))
    sender = re.search(r"^from:(.*)$", text, re.I | re.M)
    return ReadMail(
        sender=_address(sender.group(1)) if sender else "",
        subject="",
        text=text,
        message_id="",
        answers=(),
        attachments=(),
        readable=False,
    )


def _parts(message: Message) -> Iterator[Message]:
    """Yield the parts that hold no other, in order; without recursion, and not endlessly many."""
    waiting: list[Message] = [message]
    for _ in range(PARTS):
        if not waiting:
            return
        part = waiting.pop(0)
        inside = part.get_payload()
        if isinstance(inside, list):
            waiting = [*inside, *waiting]
        else:
            yield part


def _content(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _decoded(content: bytes, part: Message) -> str:
    try:
        return content.decode(part.get_content_charset() or "utf-8")
    except (LookupError, ValueError):
        return content.decode("utf-8", "replace")


def _first(message: Message, name: str) -> str:
    return _heading(message.get(name, ""))


def _heading(said: object) -> str:
    """Return a heading decoded; as it is where it cannot be."""
    text = str(said)
    try:
        pieces = decode_header(text)
    except ValueError:
        return text
    return "".join(_piece(piece, charset) for piece, charset in pieces)


def _piece(piece: str | bytes, charset: str | None) -> str:
    if isinstance(piece, str):
        return piece
    try:
        return piece.decode(charset or "utf-8")
    except (LookupError, ValueError):
        return piece.decode("utf-8", "replace")


def _address(said: str) -> str:
    """Return the address in a heading: as the standard reads it, or the last thing in it that looks like one."""
    read = parseaddr(said)[1]
    return _line(read if "@" in read else "".join(_ADDRESS.findall(said)[-1:]))


def _identifiers(said: str) -> Iterator[str]:
    return (found.group(1) for found in _IDENTIFIER.finditer(said))


def _line(text: str) -> str:
    return " ".join(shown(text, LINE_LIMIT).split())


def _is_seen(sign: str) -> bool:
    return unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


class _Text(HTMLParser):
    """What a page says, without what it is made of."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - its parent's own
        """Begin a line where the page does; look away from what is no text."""
        self._hidden += tag in _UNSEEN
        if tag in ("p", "br", "div", "li", "tr", "h1", "h2", "h3"):
            self.said.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """Look again."""
        self._hidden = max(0, self._hidden - (tag in _UNSEEN))

    def handle_data(self, data: str) -> None:
        """Keep what is shown."""
        if not self._hidden:
            self.said.append(data)


def _without_tags(page: str) -> str:
    reader = _Text()
    reader.feed(page)
    reader.close()
    return "".join(reader.said)
