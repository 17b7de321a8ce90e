"""How long is « cinq ans »? Durations, limits, duties, deadlines: pure calendar arithmetic, no clock.

period      a duration as it is written, and how it is added to a day
limits      MAX (a limit on the controller) and MIN (a duty to keep), one day at a time or as cut-off days
duties      MIN whose start or existence depends on the case
deadlines   DUE (time to act): Regulation 1182/71, working days, hours
windows     when a call is allowed, how long a cookie may stay
civil       the civil day of an instant
holidays    French public holidays and working days
monthday    a day of every year
spelling    how a value written as text becomes a field of a file
tables      the values the law gives, each with its source, its dates and how far it was verified
"""
