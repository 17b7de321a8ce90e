# fmt: off
# ruff: noqa: D103 - sixty lines at most, that an auditor reads in one go
"""Verify an exported journal without tenu: python3 verify_export.py FOLDER KEY [CHECKPOINT...]

KEY is the public key, had from elsewhere than FOLDER; each CHECKPOINT a file kept from another day.
Python 3.9 or later, nothing to install. RFC 6962 (tree), RFC 8032 (Ed25519), C2SP signed notes."""
import sys
from base64 import b64decode
from hashlib import sha256, sha512
from pathlib import Path

P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P

def point(code: bytes) -> tuple[int, int]:  # RFC 8032, 5.1.3
    y, sign = int.from_bytes(code, "little") % 2**255, code[31] >> 7
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if x * x % P == square else x * pow(2, (P - 1) // 4, P) % P
    if x * x % P != square or y >= P or (x == 0 and sign):
        raise ValueError("not a point of the curve")
    return (x if x % 2 == sign else P - x), y

def add(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    (a, b), (c, d) = one, other
    t = D * a * b * c * d % P
    return (a * d + b * c) * pow(1 + t, -1, P) % P, (b * d + a * c) * pow(1 - t, -1, P) % P

def times(n: int, base: tuple[int, int]) -> tuple[int, int]:
    double = times(n // 2, add(base, base)) if n else (0, 1)
    return add(double, base) if n % 2 else double

def signed(key: bytes, text: bytes, signature: bytes) -> bool:  # RFC 8032, 5.1.7
    r, s = signature[:32], int.from_bytes(signature[32:], "little")
    k, base = sha512(r + key + text).digest(), point(bytes([0x58] + [0x66] * 31))
    right = add(point(r), times(int.from_bytes(k, "little") % L, point(key)))
    return len(signature) == 64 and s < L and times(s, base) == right

def root(hashes: list[bytes]) -> bytes:  # RFC 6962, 2.1
    if len(hashes) < 2:
        return hashes[0] if hashes else sha256(b"").digest()
    half = 1 << ((len(hashes) - 1).bit_length() - 1)
    return sha256(b"\1" + root(hashes[:half]) + root(hashes[half:])).digest()

def verify(note: str, hashes: list[bytes], key: str) -> int:
    (text, lines), (name, _, public) = note.rsplit("\n\n", 1), key.strip().split("+", 2)
    (log, size, top), ours = text.split("\n")[:3], f"— {name} "
    found = [b64decode(line[len(ours):])[4:] for line in lines.split("\n") if line.startswith(ours)]
    by_key = any(signed(b64decode(public)[1:], f"{text}\n".encode(), one) for one in found)
    same = len(hashes) >= int(size) and root(hashes[:int(size)]) == b64decode(top)
    return int(size) if log == name and by_key and same else -1

sys.excepthook = lambda *said: sys.stderr.write(f"Not verified: {said[1]!r}\n{__doc__}")
folder, public_key, *kept = sys.argv[1:] if len(sys.argv) > 2 else sys.exit(__doc__)
*leaves, rest = Path(folder, "entries.jsonl").read_bytes().split(b"\n")
entries = [sha256(b"\0" + leaf).digest() for leaf in leaves]
files = [Path(file).read_text("utf-8") for file in (f"{folder}/checkpoint.txt", *kept)]
sizes = [verify(note, entries, public_key) for note in files]
print(f"{len(leaves)} entries; sizes signed by this key (-1: does not verify): {sizes}")
sys.exit(0 if sizes[0] == len(leaves) and rest == b"" and -1 not in sizes else 1)
