"""Sending an e-mail by SMTP, encrypted, and knowing what became of it: taken, refused, or nobody can tell.

Source: RFC 5321 (6.1: a server is answerable for a message once it said 250 to its end), RFC 3207.
"""

from __future__ import annotations

import os
import smtplib
import ssl
from collections.abc import Mapping
from contextlib import suppress
from email.errors import HeaderParseError, MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from tenu.adapters.mail_settings import is_loopback
from tenu.errors import RefusedError
from tenu.letters.port import Handed, Handing, Mail
from tenu.settings import SmtpSettings
from tenu.terms import Text

PASSWORD = "TENU_SMTP_PASSWORD"  # noqa: S105 - the name of the variable
SECONDS = 60
"""How long a server may keep silent."""
_TAKEN, _REFUSED = range(200, 300), range(400, 600)


class SmtpMailer:
    """The server *settings* say; the password is read from *environment* when a letter leaves."""

    def __init__(self, settings: SmtpSettings, environment: Mapping[str, str] = os.environ) -> None:
        self._settings = settings
        self._environment = environment

    def sender(self) -> str:
        """Return the address letters leave from, once everything it takes to send is there.

        Raises:
            RefusedError: No server is set, or its password is not in the environment.
        """
        if not self._settings.host:
            raise RefusedError(
                Text(
                    fr="aucun serveur d'envoi : [smtp] manque", en="no server to send by: [smtp] is missing"
                ),
                fix=Text(
                    fr='tenu.toml : [smtp] host = "…", sender = "…"',
                    en='tenu.toml: [smtp] host = "…", sender = "…"',
                ),
            )
        if self._settings.user and PASSWORD not in self._environment:
            raise RefusedError(
                Text(
                    fr=f"la variable {PASSWORD} n'est pas définie", en=f"the variable {PASSWORD} is not set"
                ),
                fix=Text(fr=f"export {PASSWORD}=…", en=f"export {PASSWORD}=…"),
            )
        return self._settings.sender

    def send(self, mail: Mail) -> Handing:
        """Give *mail* to the server, and return what became of it. Nothing is tried twice.

        Raises:
            RefusedError: The address is not one e-mail can go to; nothing was tried.
        """
        content = _written(mail, self.sender()).as_bytes()
        try:
            server = self._connected()
        except (OSError, smtplib.SMTPException) as error:
            return _refused(error)
        try:
            return self._handed(server, mail, content)
        finally:
            with suppress(OSError, smtplib.SMTPException):
                server.quit()

    def _connected(self) -> smtplib.SMTP:
        settings, sender = self._settings, self.sender()
        if settings.security == "none" and not is_loopback(settings.host):
            raise smtplib.SMTPException("in the clear")
        context, domain = ssl.create_default_context(), sender.rpartition("@")[2]
        # The name it says hello under is given: asking the system for it may ask the network.
        server = (
            smtplib.SMTP_SSL(settings.host, settings.port, domain, timeout=SECONDS, context=context)
            if settings.security == "tls"
            else smtplib.SMTP(settings.host, settings.port, domain, timeout=SECONDS)
        )
        try:
            if settings.security == "starttls":
                server.starttls(context=context)
            if settings.user:
                server.login(settings.user, self._environment[PASSWORD])
        except BaseException:
            server.close()
            raise
        return server

    def _handed(self, server: smtplib.SMTP, mail: Mail, content: bytes) -> Handing:
        try:
            server.ehlo_or_helo_if_needed()
            for code, _ in (server.mail(self.sender()), server.rcpt(mail.to)):
                if code not in _TAKEN:
                    return _said(code if code in _REFUSED else 500)
        except (OSError, smtplib.SMTPException) as error:
            return _refused(error)
        try:
            code, _ = server.data(content)
        except smtplib.SMTPDataError as error:
            return _said(error.smtp_code)
        except (OSError, smtplib.SMTPException):
            code = -1
        return _said(code)


def _written(mail: Mail, sender: str) -> EmailMessage:
    """Return *mail* as it travels.

    Raises:
        RefusedError: Its address is not plainly one e-mail address.
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = _address(mail.to)
    message["Subject"] = " ".join(mail.subject.split())
    message["Date"] = format_datetime(mail.at)
    message["Message-ID"] = f"<{mail.message_id}>"
    if mail.answers:
        message["In-Reply-To"] = message["References"] = f"<{mail.answers}>"
    message.set_content(mail.text)
    message.add_attachment(
        mail.letter.content, maintype="application", subtype="pdf", filename=mail.letter.name
    )
    return message


def _address(said: str) -> Address:
    try:
        if not said.isascii() or any(sign.isspace() for sign in said):
            raise HeaderParseError(said)
        return Address(addr_spec=said)
    except (MessageError, ValueError, IndexError):
        raise RefusedError(
            Text(
                fr="l'adresse du dossier n'est pas une adresse e-mail simple",
                en="the address on file is not a plain e-mail address",
            ),
            fix=Text(
                fr="corrigez-la (tenu request address), ou écrivez par courrier",
                en="correct it (tenu request address), or write by post",
            ),
        ) from None


def _said(code: int) -> Handing:
    """Return what the server's *code* means. Only a code says that it did not take the letter; silence does not."""
    if code in _TAKEN:
        return Handing(outcome=Handed.TAKEN, why=Text(fr="le serveur l'a prise", en="the server took it"))
    if code in _REFUSED:
        why = Text(fr=f"le serveur l'a refusée (code {code})", en=f"the server refused it (code {code})")
        return Handing(outcome=Handed.REFUSED, why=why)
    return Handing(
        outcome=Handed.UNKNOWN,
        why=Text(
            fr="le serveur s'est tu après l'avoir reçue : nul ne sait s'il l'a prise",
            en="the server fell silent once it had it: nobody knows whether it took it",
        ),
    )


def _refused(error: Exception) -> Handing:
    """Return what an *error* before the letter itself means: it never left."""
    if isinstance(error, smtplib.SMTPResponseException):
        return _said(error.smtp_code if error.smtp_code in _REFUSED else 500)
    name = type(error).__name__
    why = Text(fr=f"le serveur n'a pas répondu ({name})", en=f"the server did not answer ({name})")
    return Handing(outcome=Handed.REFUSED, why=why)
