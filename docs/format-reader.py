#!/usr/bin/env python3
"""Reads an archive of pgkeep without pgkeep; docs/format.md defines the format.

usage: format-reader.py [--key FILE] ARCHIVE                 list tables and units
       format-reader.py [--key FILE] ARCHIVE --verify        read every unit and compare it with the index
       format-reader.py [--key FILE] ARCHIVE --table NAME    write one table's rows as SQL; NAME as in the list
       format-reader.py --key FILE ARCHIVE --decrypt         write the plain file that is in a sealed archive

A sealed archive (.enc) needs a private key's file and Python's package cryptography.
"""
import hashlib, hmac, itertools, json, re, subprocess, sys, zlib


class Sealed:
    """A sealed archive, read as the plain file that is in it: only the segments that are needed are opened."""

    magic, segment, tag = b"pgkeep sealed archive 1\n", 1 << 20, 16

    def __init__(self, file, keys):
        from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        self.file, self.aes, self.place = file, AESGCM, 0
        start = file.read(26)
        header = start + file.read(88 * int.from_bytes(start[24:], "big") + 32)
        if start[:24] != self.magic or hashlib.sha256(header[:-32]).digest() != header[-32:]:
            sys.exit(f"{archive}: its header is damaged")
        stream = file.read(40)
        self.start, self.prefix = len(header), stream[33:]
        length = file.seek(0, 2) - self.start
        self.count = -(-length // self.segment)
        self.length = length - 40 - self.tag * self.count
        keys = map(X25519PrivateKey.from_private_bytes, keys)
        keys = {hashlib.sha256(key.public_key().public_bytes_raw()).digest()[:8]: key for key in keys}
        for at in range(26, len(header) - 32, 88):
            if header[at : at + 8] in keys:
                data_key = self.unwrap(keys[header[at : at + 8]], header[at + 8 : at + 88])
                self.key = expand(extract(stream[1:33], data_key), header, 32)
                return
        sys.exit(f"{archive}: is sealed for other keys")

    def unwrap(self, key, wrapped):
        """The data key out of HPKE, base mode (RFC 9180, sections 4.1 and 5.1)."""
        from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

        def draw(suite, salt, label, secret):
            return extract(salt, b"HPKE-v1" + suite + label + secret)

        def spread(suite, secret, label, info, length):
            return expand(secret, length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info, length)

        kem, suite = b"KEM\0\x20", b"HPKE\0\x20\0\x01\0\x02"
        shared = key.exchange(X25519PublicKey.from_public_bytes(wrapped[:32]))
        own = key.public_key().public_bytes_raw()
        shared = spread(kem, draw(kem, b"", b"eae_prk", shared), b"shared_secret", wrapped[:32] + own, 32)
        context = b"\0" + draw(suite, b"", b"psk_id_hash", b"") + draw(suite, b"", b"info_hash", self.magic)
        secret = draw(suite, shared, b"secret", b"")
        nonce = spread(suite, secret, b"base_nonce", context, 12)
        return self.aes(spread(suite, secret, b"key", context, 32)).decrypt(nonce, wrapped[32:], b"")

    def seek(self, offset, whence=0):
        self.place = offset + (self.length if whence == 2 else 0)
        return self.place

    def read(self, count=-1):
        text = self.segment - self.tag
        end = self.length if count < 0 else min(self.place + count, self.length)
        result = b""
        while self.place < end:
            number, inside = divmod(self.place + 40, text)
            inside -= 40 if number == 0 else 0
            opened = self.open(number)[inside : inside + end - self.place]
            result += opened
            self.place += len(opened)
        return result

    def open(self, number):
        first = 40 if number == 0 else 0
        self.file.seek(self.start + number * self.segment + first)
        nonce = self.prefix + number.to_bytes(4, "big") + bytes([number + 1 == self.count])
        return self.aes(self.key).decrypt(nonce, self.file.read(self.segment - first), b"")


def extract(salt, secret):
    return hmac.digest(salt, secret, "sha256")


def expand(secret, info, length):
    """HKDF's second half (RFC 5869)."""
    result = block = b""
    while len(result) < length:
        block = hmac.digest(secret, block + info + bytes([len(result) // 32 + 1]), "sha256")
        result += block
    return result[:length]


def private_keys(path):
    """The keys of a key file: Bech32m, of which nothing but the checksum is left out here."""
    for line in open(path):
        if line.startswith("PGKEEP-PRIVATE-KEY-1"):
            digits = ["QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L".index(c) for c in line.strip()[20:-6]]
            bits = "".join(f"{digit:05b}" for digit in digits)
            yield int(bits[:256], 2).to_bytes(32, "big")


def read(offset, length, sha256):
    """One range of the file, compared and decompressed; nothing else of it is ever read."""
    file.seek(offset)
    stored = file.read(length)
    if hashlib.sha256(stored).hexdigest() != sha256:
        sys.exit(f"{archive}: damaged between bytes {offset} and {offset + length}")
    if ending == "gz":
        return zlib.decompress(stored, wbits=31)
    if ending == "zst":
        return subprocess.run(["zstd", "-dcq"], input=stored, stdout=subprocess.PIPE, check=True).stdout
    return stored


def encoded(text):
    """Bytes that are no UTF-8 stand in the index as U+EF80 to U+EFFF."""
    return b"".join(bytes([ord(c) & 255]) if 0xEF80 <= ord(c) <= 0xEFFF else c.encode() for c in text)


def copies(text):
    """Each COPY in a unit: its statement and its rows."""
    lines = iter(text.split(b"\n"))
    for line in lines:
        while not line.startswith(b"--") and re.search(rb"['\"]", re.sub(rb"'[^']*'|\"[^\"]*\"", b"", line)):
            line += b"\n" + next(lines)  # a name that holds a newline
        if line.startswith(b"COPY ") and line.endswith(b" FROM stdin;"):
            yield line, list(itertools.takewhile(lambda row: row != b"\\.", lines))


arguments = sys.argv[1:]
keys = list(private_keys(arguments[1])) if arguments[:1] == ["--key"] and len(arguments) > 1 else []
arguments = arguments[2:] if keys else arguments
if len(arguments) not in (1, 2, 3) or arguments[1:2] not in ([], ["--verify"], ["--table"], ["--decrypt"]):
    sys.exit(__doc__)
archive, option, wanted = (arguments + [None, None])[:3]
file = open(archive, "rb")
if archive.endswith(".enc"):
    file = Sealed(file, keys)
ending = archive.removesuffix(".enc").rsplit(".")[-1]
if option == "--decrypt":
    while piece := file.read(1 << 20):
        sys.stdout.buffer.write(piece)
    sys.exit()
length, start = {"gz": (279, 15), "zst": (266, 10)}.get(ending, (256, 0))
file.seek(max(0, file.seek(0, 2) - length))
line = file.read()[start : start + 256]
match = re.fullmatch(rb"(-- pgkeep footer 1 .* index=(\d+)\+(\d+) sha256=(\w+)) crc32=(\w+) *\n", line)
if not match or zlib.crc32(match[1]) != int(match[5], 16):
    sys.exit(f"{archive}: does not end with a footer of pgkeep")
lines = read(int(match[2]), int(match[3]), match[4].decode()).decode().split("\n")
index = [json.loads(line[3:]) for line in lines[1:-1]]
header, tables, units = ([line[key] for line in index if key in line] for key in ("header", "table", "unit"))
text = lambda unit: read(unit["offset"], unit["length"], unit["sha256"])

if option is None:
    for table in tables:
        print("table", json.dumps(table["table"], ensure_ascii=False), table["rows"], table["hash"])
    for unit in units:
        print("unit", unit["kind"], unit["offset"], unit["length"], unit["rawLength"], unit["rows"])
elif option == "--verify":
    for unit in units:
        if len(text(unit)) != unit["rawLength"]:
            sys.exit(f"{archive}: the unit at byte {unit['offset']} has another length than its index tells")
    print(f"{len(units)} units are as they were written")
else:
    place = next((place for place, table in enumerate(tables) if table["table"] == wanted), None)
    if place is None:
        sys.exit(f"{archive}: holds no table {wanted}")
    name = encoded(wanted)
    sys.stdout.buffer.write(encoded(header[0]["preamble"]))
    for unit in (unit for unit in units if place in unit["tables"]):
        for statement, rows in copies(text(unit)):
            if statement.startswith(b"COPY " + name + b" "):
                sys.stdout.buffer.write(b"\n".join([statement, *rows, b"\\.\n\n"]))
