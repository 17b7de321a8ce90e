"""tenu makes every sentence of a privacy policy happen in real databases, and shows whether it is true."""
