"""The company's databases, by engine: one compiler, one set of verbs, three dialects."""
