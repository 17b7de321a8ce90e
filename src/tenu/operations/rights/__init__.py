"""What people ask of their data, from its arrival to its answer: one module per right, and what they share."""
