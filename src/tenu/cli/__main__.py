"""``python -m tenu.cli`` is ``tenu``."""

from tenu.cli import main

main(prog_name="tenu")
