"""Settings of the property tests of this room."""

from hypothesis import settings

# The holiday calendar of a year is computed on first use: one draw is slow and says nothing of the others.
settings.register_profile("periods", deadline=None)
settings.load_profile("periods")
