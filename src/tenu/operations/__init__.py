"""The verbs: one file per command, the only place where a decision meets the world."""
