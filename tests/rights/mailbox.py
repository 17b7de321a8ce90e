"""A real IMAP server on loopback, in memory, and a hand to put messages in it."""

from __future__ import annotations

import asyncio
import threading
from argparse import Namespace
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from imaplib import IMAP4, Time2Internaldate

from proxyprotocol.reader import ProxyProtocolReader
from pymap.backend.dict import DictBackend
from pymap.imap import IMAPServer

HERE, USER, PASSWORD = "127.0.0.1", "donnees", "un mot de passe"


@dataclass
class Letterbox:
    """The server, on *port*."""

    port: int = 0

    @contextmanager
    def hand(self) -> Iterator[IMAP4]:
        """Open a session of somebody who may do anything in it."""
        client = IMAP4(HERE, self.port, timeout=20)
        try:
            client.login(USER, PASSWORD)
            yield client
        finally:
            client.logout()

    def put(self, *messages: bytes, at: datetime, folder: str = "INBOX") -> None:
        """Put messages in *folder*, which had them at the aware instant *at*."""
        with self.hand() as client:
            for message in messages:
                status, said = client.append(folder, "", Time2Internaldate(at), message)
                assert status == "OK", said

    def flags(self, folder: str = "INBOX") -> list[bytes]:
        """Return what is marked of each message of *folder*."""
        with self.hand() as client:
            client.select(folder, readonly=True)
            return [said for said in client.fetch("1:*", "(FLAGS)")[1] if isinstance(said, bytes)]


@contextmanager
def letterbox() -> Iterator[Letterbox]:
    """Open a server on a free port of loopback."""
    box, ready, loop = Letterbox(), threading.Event(), asyncio.new_event_loop()
    ended = asyncio.Event()

    async def serve() -> None:
        args = Namespace(
            host=HERE, port=0, debug=False, cert=None, key=None, tls=False, proxy_protocol=None,
            inherited_sockets=None, demo_data=False, demo_user=USER, demo_password=PASSWORD, passlib_cfg=None,
        )  # fmt: skip
        backend, config = await DictBackend.init(args, secure_auth=False, reject_dnsbl=False)
        config.apply_context()
        async with AsyncExitStack() as stack:
            await backend.start(stack)
            answer = ProxyProtocolReader(config.proxy_protocol).get_callback(
                IMAPServer(backend.login, config)
            )
            server = await asyncio.start_server(answer, host=HERE, port=0)
            await stack.enter_async_context(server)
            box.port = server.sockets[0].getsockname()[1]
            ready.set()
            await ended.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),), daemon=True)
    thread.start()
    assert ready.wait(20)
    try:
        yield box
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join(20)
        loop.close()
