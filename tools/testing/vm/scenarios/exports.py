# SPDX-License-Identifier: GPL-2.0-only
"""What modules can call, and what is left in memory of the annotations.

Whoever walks the table has the address of all that is in it: that is not for modules.
"""
from story import *

EXPORTED = {
    "meminspect_lock_register", "meminspect_lock_replace", "meminspect_lock_unregister",
    "meminspect_lock_unregister_id", "meminspect_lock_unregister_pa", "meminspect_lock_unregister_va",
    "meminspect_register_percpu", "devm_meminspect_register", "kmemdump_register_id",
    "kmemdump_unregister", "minidump_backend_register", "minidump_backend_unregister",
    # Of the test consumer, which no kernel has but for tests.
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
