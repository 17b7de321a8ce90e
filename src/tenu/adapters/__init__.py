"""One file, or folder, per thing touched."""
