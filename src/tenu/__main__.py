"""``python -m tenu``: the command line, where no script of that name is on the path."""

from tenu.cli import main

if __name__ == "__main__":
    main(prog_name="tenu")
