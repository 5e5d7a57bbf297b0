#!/usr/bin/env python3
"""Reads an archive of pgkeep without pgkeep; docs/format.md defines the format.

usage: format-reader.py ARCHIVE                 list tables and units
       format-reader.py ARCHIVE --verify        read every unit and compare it with the index
       format-reader.py ARCHIVE --table NAME    write one table's rows as SQL; NAME as in the list
"""
import hashlib, itertools, json, re, subprocess, sys, zlib


def read(offset, length, sha256):
    """One range of the file, compared and decompressed; nothing else of it is ever read."""
    file.seek(offset)
    stored = file.read(length)
    if hashlib.sha256(stored).hexdigest() != sha256:
        sys.exit(f"{archive}: damaged between bytes {offset} and {offset + length}")
    if archive.endswith(".gz"):
        return zlib.decompress(stored, wbits=31)
    if archive.endswith(".zst"):
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


if len(sys.argv) not in (2, 3, 4) or sys.argv[2:3] not in ([], ["--verify"], ["--table"]):
    sys.exit(__doc__)
archive, option, wanted = (sys.argv + [None, None])[1:4]
file = open(archive, "rb")
length, start = {"gz": (279, 15), "zst": (266, 10)}.get(archive.rsplit(".")[-1], (256, 0))
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
