// SPDX-License-Identifier: GPL-2.0-only
// kernel/panic.c: the other CPUs are stopped in the way that saves their
// registers when a minidump shall have them, as when a crash kernel shall.
//
// places: stop_with_registers 1

@stop_with_registers@
expression e;
position p;
@@
- panic_other_cpus_shutdown@p(e)
+ panic_other_cpus_shutdown(e || minidump_wants_registers())
