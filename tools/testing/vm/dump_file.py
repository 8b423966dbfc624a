# SPDX-License-Identifier: GPL-2.0-only
"""A reader of makedumpfile's files: the flattened form of a kdump-compressed dump.

Written from the description of both formats in makedumpfile(8) and makedumpfile's
IMPLEMENTATION file.  Uses core.
"""
import struct

import core
from vm import Failed, HarnessError

# The flattened form: a block with this word, then records of offset, size and bytes.
FLAT, FLAT_BLOCK = b"makedumpfile", 4096
RECORD = struct.Struct(">qq")
# struct disk_dump_header of a 64-bit machine, from "status" on.
SIGNATURE, STATUS = b"KDUMP   ", 424
FIELDS = struct.Struct("<IIIII")


def start_of(path, size):
    """Return the first bytes of the dump that was flattened."""
    out = bytearray(size)
    with open(path, "rb") as f:
        if not f.read(FLAT_BLOCK).startswith(FLAT):
            raise Failed(f"{path.name} is no flattened dump")
        while True:
            head = f.read(RECORD.size)
            if len(head) < RECORD.size:
                raise Failed(f"{path.name} has no end: makedumpfile did not finish")
            offset, length = RECORD.unpack(head)
            if offset < 0:
                return bytes(out)
            if offset >= size:
                f.seek(length, 1)
                continue
            data = f.read(length)
            out[offset:min(offset + length, size)] = data[:max(0, size - offset)]


def ranges(path):
    """Return the memory that /proc/vmcore had, by the dump's first bitmap: [(start, end))."""
    header = start_of(path, FLAT_BLOCK)
    if not header.startswith(SIGNATURE):
        raise Failed(f"{path.name} is no kdump-compressed dump")
    _, block, sub_blocks, bitmap_blocks, _ = FIELDS.unpack_from(header, STATUS)
    if block != core.PAGE or bitmap_blocks > 1 << 16:
        raise HarnessError(f"{path.name}: blocks of {block} bytes, {bitmap_blocks} of bitmaps")
    at, length = (1 + sub_blocks) * block, bitmap_blocks * block // 2
    bitmap = start_of(path, at + length)[at:]
    found, begin = [], None
    for byte, bits in enumerate(bitmap + b"\0"):
        if bits == (0xff if begin is not None else 0):
            continue
        for bit in range(8):
            page = byte * 8 + bit
            if bits >> bit & 1:
                begin = page if begin is None else begin
            elif begin is not None:
                found.append((begin * core.PAGE, page * core.PAGE))
                begin = None
    return core.merge(found)
