"""A fictional company to try tenu on: four databases, their people, and the right answer for every row."""

from tenu.sample.answers import Answer, Fate
from tenu.sample.company import TODAY, Company
from tenu.sample.rows import Change, Person, Row

__all__ = ["TODAY", "Answer", "Change", "Company", "Fate", "Person", "Row"]
