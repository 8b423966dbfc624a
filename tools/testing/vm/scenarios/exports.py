# SPDX-License-Identifier: GPL-2.0-only
"""The functions that modules can call, and the memory of the annotations.

A function that walks the table gets the address of every entry: modules must not call it.
"""
from story import *

EXPORTED = {
    "meminspect_lock_register", "meminspect_lock_replace", "meminspect_lock_unregister",
    "meminspect_lock_unregister_id", "meminspect_lock_unregister_pa", "meminspect_lock_unregister_va",
    "meminspect_register_percpu", "devm_meminspect_register", "kmemdump_register_id",
    "kmemdump_unregister", "minidump_backend_register", "minidump_backend_unregister",
    # Of the test consumer, which only test kernels have.
    "meminspect_test_left",
}
OURS = re.compile(r"__ksymtab_(.*(?:meminspect|kmemdump|minidump).*)")


def exports(kernel):
    names = symbols(kernel)
    found = {m[1] for m in map(OURS.fullmatch, names) if m}
    if found != EXPORTED:
        raise Failed(f"more is exported: {sorted(found - EXPORTED)}; less: {sorted(EXPORTED - found)}")
    return f"{len(found)} functions"


def init_memory(kernel):
    """The annotations are freed with the kernel's init memory."""
    names = symbols(kernel)
    begin, end = names["__init_begin"][0], names["__init_end"][0]
    for name in ("__inspect_table", "__inspect_table_end", "__inspect_secrets", "__inspect_secrets_end"):
        if not begin <= names[name][0] < end:
            raise Failed(f"{name} is at {names[name][0]:#x}, not from {begin:#x} to {end:#x}")
    return f"{names['__inspect_secrets_end'][0] - names['__inspect_table'][0]} bytes"


CASES = {"modules": exports, "init-memory": init_memory}
