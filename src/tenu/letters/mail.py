"""The few lines around a letter that leaves by e-mail: the letter is the PDF, these say what it is and nothing of what it says."""

from __future__ import annotations

from tenu.terms import Language, Text

_WORDS = Text(
    fr="""Madame, Monsieur,

Vous trouverez en pièce jointe notre lettre au sujet de la demande n° {number}.

Pour nous répondre, répondez à ce message, ou écrivez à notre délégué à la protection des données : {officer}.

{company}
""",
    en="""Dear Sir or Madam,

Please find attached our letter about request no. {number}.

To reply, answer this message, or write to our data protection officer: {officer}.

{company}
""",
)
_NAME = Text(fr="lettre", en="letter")


def covering_words(number: str, company: str, officer: str, language: Language) -> str:
    """Return the text of the e-mail a letter about request *number* is attached to."""
    return _WORDS.in_(language).format(number=number, company=company, officer=officer)


def letter_name(number: str, language: Language) -> str:
    """Return the name of the attached file."""
    return f"{_NAME.in_(language)}-{number}.pdf"
