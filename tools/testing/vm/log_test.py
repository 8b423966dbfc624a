#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Test which lines of a guest's log fail a case.  Boots nothing; uses vm.py."""
import unittest

import vm

FIRST = ("[   46.674527] WARNING: CPU: 1 PID: 22 at ../tree/kernel/sched/deadline.c:265 "
         "{}+0xef/0x12e\n[   46.675025] Modules linked in:\n")
STACK = ("[   46.681933] Call Trace:\n[   46.682143]  <TASK>\n"
         "[   46.682393]  dl_server_stop+0x3f/0x7a\n[   46.682478]  {}+0x1b1/0x3da\n")
END = "[   46.688133] ---[ end trace 0000000000000000 ]---\n"
KNOWN = FIRST.format("sub_running_bw"), STACK.format("sched_cpu_dying"), END
BUG = "[   46.680000] BUG: unable to handle page fault\n"


class Guest(vm.Machine):
    """A machine that has a log and nothing else."""

    def __init__(self, log, allow_log=None):
        self.text = log
        self.allow_log = allow_log
        self.expect_panic = False

    def log(self):
        return self.text


class Log(unittest.TestCase):
    def passes(self, *log, **options):
        Guest("".join(log), **options).check_log()

    def fails(self, *log, **options):
        with self.assertRaises(vm.Failed):
            self.passes(*log, **options)

    def test_mainline(self):
        """A known report of mainline is allowed, by its function and its stack."""
        first, stack, end = KNOWN
        self.passes("[    0.0] Linux version 6.12\n", *KNOWN)
        self.fails(FIRST.format("__enqueue_dl_entity"), stack, end)
        self.fails(first, STACK.format("dl_task_timer"), end)
        self.fails(first, end)

    def test_mainline_alone(self):
        """A known report of mainline covers no other report."""
        first, stack, end = KNOWN
        self.fails(first, BUG, stack, end)
        self.fails(first, stack, BUG, end)
        self.fails(*KNOWN, BUG)
        self.fails(*KNOWN, "[   47.0] Call Trace:\n")
        self.fails(*KNOWN, first.replace("46.674527", "47.674527"), STACK.format("other"), end)

    def test_allowed(self):
        """A report that a test allows covers its own stack, too."""
        first, stack, end = FIRST.format("other"), STACK.format("other"), END
        self.passes(first, stack, end, allow_log="deadline")
        self.fails(first, BUG, stack, end, allow_log="deadline")
        self.fails(first, stack, end, BUG, allow_log="deadline")
        self.fails(first, stack, end)


unittest.main()
