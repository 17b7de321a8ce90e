"""The versions of the schema of the vault, one file each under ``versions/``."""

HEAD = "0006"
"""The version this code needs."""

VERSION_TABLE = "tenu_vault_version"
