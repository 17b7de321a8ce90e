"""The versions of the schema of the restricted archive, one file each under ``versions/``."""

HEAD = "0002"
"""The version this code needs."""

VERSION_TABLE = "tenu_archive_version"
