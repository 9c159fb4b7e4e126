"""Passwords are kept as salted scrypt hashes: ``scrypt$n$r$p$salt$hash``, the last two base64."""

import hashlib
import hmac
import secrets
from base64 import b64decode, b64encode

COST, BLOCK, PARALLEL = 2**14, 8, 1
SALT_BYTES, HASH_BYTES = 16, 32
MOST_MEMORY = 2**27


def hash_password(password: str) -> str:
    """Return a new hash of a password. Raises ValueError for an empty one."""
    if not password:
        raise ValueError("an empty password is not accepted")
    salt = secrets.token_bytes(SALT_BYTES)
    digest = _scrypt(password, salt, COST, BLOCK, PARALLEL)
    parts = (b64encode(salt).decode(), b64encode(digest).decode())
    return f"scrypt${COST}${BLOCK}${PARALLEL}${parts[0]}${parts[1]}"


def is_password(password: str, stored: str) -> bool:
    """Say whether a password belongs to a hash, in time that does not depend on the answer."""
    _, cost, block, parallel, salt, digest = stored.split("$")
    found = _scrypt(password, b64decode(salt), int(cost), int(block), int(parallel))
    return hmac.compare_digest(found, b64decode(digest))


def _scrypt(password: str, salt: bytes, cost: int, block: int, parallel: int) -> bytes:
    return hashlib.scrypt(
        password.encode(),
        salt=salt,
        n=cost,
        r=block,
        p=parallel,
        maxmem=MOST_MEMORY,
        dklen=HASH_BYTES,
    )
