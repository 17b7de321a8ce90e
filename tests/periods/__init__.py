"""How long is « cinq ans »? Boundary days, dated cases of the law, and properties of the calendar."""
