"""Where personal data may go without a transfer: the European Economic Area.

Source: GDPR 44; EEA Agreement, Joint Committee Decision 154/2018; reading A-07.
"""

from __future__ import annotations

EEA = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK".split()  # noqa: SIM905
)
"""Countries of the EEA, as ISO 3166 alpha-2 codes."""
