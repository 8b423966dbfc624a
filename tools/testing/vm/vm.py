# SPDX-License-Identifier: GPL-2.0-only
"""A QEMU machine under test, driven from outside.

Failed is the verdict that the software in the machine is at fault, and the only
exception that a test which has to fail may raise.  HarnessError means that no
verdict is possible, and never counts as one.  TimedOut is a Failed that says only
that something did not happen in time: the kernel may be at fault, so the case
fails, but it does not prove a test that has to fail for a given reason.
"""
import json
import os
import re
import select
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import arch
import devicetree

TOP = Path(__file__).resolve().parents[3]
BUILD = Path(os.environ.get("HOTCORE_BUILD", TOP / "build"))
# The Debian suite whose tools support the kernel under test.
SUITE = os.environ.get("HOTCORE_SUITE", "trixie")
MIB = 1 << 20
# Memory goes online and offline in blocks of this size.
BLOCK = 128 * MIB

# Messages that a healthy kernel never logs: they fail a case even if its test passes.
# x86 says "BUG: unable to handle" and "Call Trace:" where arm64 says "Unable to
# handle kernel" and "Call trace:".
BAD_LOG = re.compile(r"WARNING: |BUG: |kernel BUG at|BUG kmalloc|KASAN|Oops|possible recursive locking|"
                     r"possible circular locking|inconsistent lock state|suspicious RCU|"
                     r"sleeping function called|general protection|unreferenced object|"
                     r"blocked for more than|soft lockup|hard LOCKUP|rcu.*detected stall|"
                     r"Unable to handle kernel|Internal error: |SError Interrupt|"
                     r"Unhandled .* exception on CPU|Insufficient stack space|Call [Tt]race:")
PANIC_LINE = re.compile(r"Kernel panic - not syncing|sysrq: Trigger a crash")
# Lines of a WARNING's report: those after the first that BAD_LOG matches, and the last.
REPORT_STACK = re.compile(r"Call [Tt]race:$")
REPORT_END = "---[ end trace "
# Known faults of mainline: the first line of a report, if its stack is the known one.
# When a CPU goes offline, 6.12 stops its fair server even if that has stopped before, and
# subtracts the server's bandwidth twice from the running bandwidth.
MAINLINE_REPORT = re.compile(r"^([^\n]*WARNING: [^\n]* at \S*kernel/sched/deadline\.c:\d+ sub_running_bw[^\n]*)$"
                             r"(?:(?!---\[ end trace).)*"
                             r"\] +dl_server_stop\+\S+\n\[[^]]*\] +sched_cpu_dying\+", re.M | re.S)
# The last message of a kernel that has panicked, with no kernel to boot and panic=0.
PANIC_END = "end Kernel panic - not syncing"


class Failed(Exception):
    """The system under test is at fault."""


class TimedOut(Failed):
    """Something did not happen in time, which does not prove any given fault."""


class HarnessError(Exception):
    """No verdict is possible."""


def shared_memory():
    """Return the directory for the machines' memory: one in memory if it has room, else None."""
    shm = Path("/dev/shm")
    if os.access(shm, os.W_OK) and shutil.disk_usage(shm).free > 8 << 30:
        return shm
    return None


class Channel:
    """A stream socket with deadlines, to which QEMU connects when it starts.

    QEMU is the client, because as the server it may greet a client twice that
    connects before the monitor is set up.
    """

    def __init__(self, path):
        self.buf = b""
        self.path = path
        self.listener = socket.socket(socket.AF_UNIX)
        path.unlink(missing_ok=True)
        self.listener.bind(str(path))
        self.listener.listen()

    def accept(self, deadline, process):
        while not select.select([self.listener], [], [], 0.2)[0]:
            if time.monotonic() > deadline or process.poll() is not None:
                raise HarnessError(f"QEMU did not connect to {self.path.name}")
        self.sock = self.listener.accept()[0]
        self.listener.close()

    def fill(self, deadline, what):
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([self.sock], [], [], left)[0]:
            raise TimeoutError(what)
        try:
            data = self.sock.recv(1 << 16)
        except ConnectionError:
            data = b""
        if not data:
            raise HarnessError(f"QEMU ended while waiting for {what}")
        self.buf += data

    def line(self, deadline, what):
        while b"\n" not in self.buf:
            self.fill(deadline, what)
        line, self.buf = self.buf.split(b"\n", 1)
        return line.decode(errors="replace").rstrip("\r")

    def exactly(self, count, deadline, what):
        while len(self.buf) < count:
            self.fill(deadline, what)
        data, self.buf = self.buf[:count], self.buf[count:]
        return data


def tail(log, lines):
    return " | ".join(line.strip() for line in log.splitlines()[-lines:])


def cpio(entries):
    """A newc archive of {path: bytes or Path}; directories are made as needed."""
    out, dirs = [], set()

    def member(name, mode, data):
        head = b"070701" + b"".join(b"%08X" % v for v in (
            len(out) + 1, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0))
        block = head + name.encode() + b"\0"
        block += b"\0" * (-len(block) % 4) + data
        out.append(block + b"\0" * (-len(block) % 4))

    for path, data in entries.items():
        path = path.lstrip("/")
        for parent in reversed(Path(path).parents[:-1]):
            if str(parent) not in dirs:
                dirs.add(str(parent))
                member(str(parent), 0o040755, b"")
        member(path, 0o100755, data if isinstance(data, bytes) else Path(data).read_bytes())
    member("TRAILER!!!", 0, b"")
    return b"".join(out)


def initramfs_with(of, files):
    """Return the initramfs of the architecture's guests, with more files."""
    guest = f"guest-{of.name}" + ("" if SUITE == "trixie" else f"-{SUITE}")
    data = (BUILD / guest / "initramfs.cpio.gz").read_bytes()
    return data + b"\0" * (-len(data) % 4) + cpio(files)


def kvm_works(kernel):
    """KVM may exist and not work: boot a machine with it, once per boot of the host."""
    if os.environ.get("HOTCORE_ACCEL"):
        return os.environ["HOTCORE_ACCEL"] == "kvm"
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        return False
    verdict = BUILD / "kvm-works"
    boot_id = Path("/proc/sys/kernel/random/boot_id").read_text()
    if verdict.exists() and verdict.read_text().startswith(boot_id):
        return verdict.read_text().endswith("yes")
    print("vm: trying whether KVM works here", flush=True)
    answer = "no"
    try:
        with Machine(kernel, accel="kvm", boot_timeout=20) as vm:
            vm.run("true", timeout=10)
            answer = "yes"
    except (HarnessError, Failed):
        pass
    verdict.write_text(boot_id + answer)
    print(f"vm: KVM works: {answer}", flush=True)
    return answer == "yes"


class Machine:
    """One guest, as a context manager.

    The exit ends QEMU in any case.  A case that has passed so far still fails there
    if the kernel's log has a bad message.
    """

    def __init__(self, kernel, memory="512M", slots=0, maxmem=None, cpus=2, maxcpus=None, threads=1,
                 crashkernel="160M", cmdline="", files=None, accel=None, icount=False,
                 gdb=False, ram_file=False, objects=(), devices=(), panic=-1, boot_timeout=300,
                 device_tree=None, before_boot=None, virtio_mem=None, patches_text=False,
                 cpu=None, name="guest"):
        self.kernel = Path(kernel)
        self.arch = arch.of_kernel(kernel)
        # The number of the first memory block that is plugged.
        self.first_block = self.arch.first_dimm(arch.size(memory)) // BLOCK
        self.dir = Path(tempfile.mkdtemp(prefix=f"hotcore-{name}-"))
        self.proc = None
        self.boot_timeout = boot_timeout
        self.expect_panic = False
        # A regular expression for bad messages that others' code may log in a test.
        self.allow_log = None
        self.log_path = self.dir / "console.log"
        self.disk = self.dir / "disk"
        # Memory that others can read, as firmware does: [(file, first address)].
        self.ram_dir = Path(tempfile.mkdtemp(prefix=self.dir.name, dir=shared_memory())) \
            if ram_file else None
        self.ram = [(self.ram_dir / "ram", self.arch.ram)] if ram_file else []
        self.gdb_socket = self.dir / "gdb" if gdb else None
        self.files = dict(files or {})
        if accel is None:
            # Emulation is better at stopping at a given instruction.
            accel = "kvm" if self.arch.native and not icount and not gdb and \
                kvm_works(kernel) else "tcg"
        self.accel = accel
        # Before 8.1, QEMU may keep a stale translation of code that another CPU's
        # thread changes meanwhile: a tracer that patches thousands of functions then
        # ends in an int3 that has been removed.
        tcg = "tcg" if icount else f"tcg,thread={'single' if patches_text else 'multi'}"
        if maxcpus and not self.arch.plugs_cpus:
            cmdline += f" maxcpus={cpus}"
        self.args = [
            self.arch.qemu, "-nodefaults", "-display", "none", "-no-user-config",
            "-accel", "kvm" if accel == "kvm" else tcg,
            *self.arch.machine({"kvm": accel == "kvm", "cpus": cpus,
                                "uefi": slots and not device_tree,
                                "maxcpus": maxcpus or cpus, "threads": threads, "cpu": cpu,
                                "backend": ",memory-backend=ram" if ram_file else ""}),
            "-m", f"{memory},slots={slots},maxmem={maxmem}" if slots else
            f"{memory},maxmem={arch.size(memory) + arch.size(virtio_mem)}" if virtio_mem else memory,
            "-serial", f"file:{self.log_path}",
            "-qmp", f"unix:{self.dir}/qmp",
            "-chardev", f"socket,id=agent,path={self.dir}/agent",
            "-device", "virtio-serial-pci", "-device",
            "virtserialport,chardev=agent,name=hotcore.agent",
            "-drive", f"if=none,id=disk,file={self.disk},format=raw,cache=unsafe",
            "-device", "virtio-blk-pci,drive=disk",
            # gdb uses the symbols' addresses in vmlinux.
            *self.boot_args(f"console={self.arch.console} panic={panic} "
                            f"{'nokaslr ' if gdb else ''}crashkernel={crashkernel} {cmdline}"),
        ]
        # The source of a device tree overlay, and a function that prepares the memory.
        self.device_tree = device_tree
        self.before_boot = before_boot
        if ram_file:
            with open(self.ram[0][0], "wb") as f:
                f.truncate(arch.size(memory))
            self.args += ["-object", f"memory-backend-file,id=ram,share=on,size={memory},"
                          f"mem-path={self.ram[0][0]}"]
        # Memory that a device grows and shrinks, where no DIMM can be plugged.
        self.virtio_mem = virtio_mem
        self.virtio_mem_used = 0
        if virtio_mem:
            path = self.ram_dir / "ram-virtio" if ram_file else None
            objects = [*objects, f"memory-backend-file,id=vmem,share=on,size={virtio_mem},"
                       f"mem-path={path}" if path else
                       f"memory-backend-ram,id=vmem,reserve=off,size={virtio_mem}"]
            devices = [*devices, "virtio-mem-pci,id=vmem0,memdev=vmem,requested-size=0,"
                       f"memaddr={self.first_block * BLOCK:#x}"]
            if path:
                self.ram.append((path, self.first_block * BLOCK))
        for entry in objects:
            self.args += ["-object", entry]
        for device in devices:
            self.args += ["-device", device]
        if icount:
            self.args += ["-icount", "shift=0"]
        if gdb:
            self.args += ["-chardev", f"socket,id=gdb,path={self.gdb_socket},server=on,wait=off",
                          "-gdb", "chardev:gdb"]

    # How the machine boots; other kinds of machines have their own.

    def boot_args(self, cmdline):
        """Return QEMU's arguments for the kernel that it boots."""
        return ["-no-reboot", "-kernel", str(self.kernel / "Image"),
                "-initrd", str(self.dir / "initrd"), "-append", cmdline]

    def make_disks(self):
        """Make the files that QEMU boots from."""
        boot = {"/boot/Image": self.kernel / "Image",
                "/boot/initramfs": initramfs_with(self.arch, {}), **self.files}
        (self.dir / "initrd").write_bytes(initramfs_with(self.arch, boot))
        with open(self.disk, "wb") as f:
            f.truncate(1 << 30)

    def wait_ready(self, timeout):
        """Wait until the system takes commands."""
        self.wait_hello("system", timeout)

    def __enter__(self):
        try:
            self.make_disks()
            args = self.args
            self.listen()
            if self.device_tree:
                args = args + ["-dtb", str(devicetree.with_overlay(self.dir, args, self.device_tree))]
                # Listen again: the QEMU that wrote the device tree has connected, too.
                self.listen()
            if self.before_boot:
                self.before_boot(self)
            self.stderr = open(self.dir / "qemu.log", "wb")
            self.proc = subprocess.Popen(args, stdin=subprocess.DEVNULL, stdout=self.stderr,
                                         stderr=self.stderr)
            deadline = time.monotonic() + self.boot_timeout
            self.qmp_chan.accept(deadline, self.proc)
            for channel in self.channels:
                channel.accept(deadline, self.proc)
            self.events = []
            json.loads(self.qmp_chan.line(deadline, "QMP greeting"))
            self.qmp("qmp_capabilities")
            self.wait_ready(self.boot_timeout)
        except BaseException:
            self.stop()
            raise
        return self

    def listen(self):
        self.qmp_chan = Channel(self.dir / "qmp")
        self.agent = Channel(self.dir / "agent")
        self.channels = [self.agent]

    def __exit__(self, kind, value, trace):
        healthy = False
        try:
            if kind is None:
                self.check_log()
            healthy = kind is None
        finally:
            self.stop(keep=not healthy)

    def stop(self, keep=True):
        if self.proc and self.proc.poll() is None:
            self.proc.kill()
        if self.proc:
            self.proc.wait()
            self.stderr.close()
        if keep:
            out = BUILD / "failed"
            out.mkdir(exist_ok=True, parents=True)
            for log in ("console.log", "dmesg.log", "qemu.log", "state.log"):
                if (self.dir / log).exists():
                    shutil.copy(self.dir / log, out / f"{self.dir.name}-{log}")
        shutil.rmtree(self.dir, ignore_errors=True)
        if self.ram_dir:
            shutil.rmtree(self.ram_dir, ignore_errors=True)

    # The monitor.

    def qmp(self, command, timeout=30, **arguments):
        request = {"execute": command}
        if arguments:
            request["arguments"] = {k.replace("_", "-"): v for k, v in arguments.items()}
        self.qmp_chan.sock.sendall(json.dumps(request).encode() + b"\n")
        deadline = time.monotonic() + timeout
        while True:
            try:
                answer = json.loads(self.qmp_chan.line(deadline, f"QMP {command}"))
            except TimeoutError:
                raise HarnessError(f"QMP {command}: no answer in {timeout} s")
            if "event" in answer:
                self.events.append(answer)
            elif "error" in answer:
                raise HarnessError(f"QMP {command}: {answer['error']['desc']}")
            else:
                return answer["return"]

    def hmp(self, line):
        return self.qmp("human-monitor-command", command_line=line)

    def registers(self):
        """The registers of each CPU, as QEMU shows them."""
        return re.split(r"^CPU#\d+", self.hmp("info registers -a"), flags=re.M)[1:]

    def wait_event(self, name, timeout, **match):
        """The next event of that name whose data has all of match."""
        deadline = time.monotonic() + timeout
        while True:
            for event in self.events:
                data = event.get("data", {})
                if event["event"] == name and all(data.get(k) == v for k, v in match.items()):
                    self.events.remove(event)
                    return event
            try:
                answer = json.loads(self.qmp_chan.line(deadline, name))
            except TimeoutError:
                raise HarnessError(f"no {name} {match} in {timeout} s")
            if "event" in answer:
                self.events.append(answer)

    def resize_virtio_mem(self, by):
        self.virtio_mem_used += by
        self.qmp("qom-set", path="/machine/peripheral/vmem0", property="requested-size",
                 value=self.virtio_mem_used)

    def plug_dimm(self, name, mib=128, address=None):
        if self.virtio_mem:
            self.resize_virtio_mem(mib * MIB)
            return
        backend = {"qom_type": "memory-backend-ram"}
        if self.ram:
            path = self.ram_dir / f"ram-{name}"
            backend = {"qom_type": "memory-backend-file", "share": True, "mem_path": str(path)}
        self.qmp("object-add", id=f"mem-{name}", size=mib * MIB, reserve=False, **backend)
        where = {} if address is None else {"addr": address}
        self.qmp("device_add", driver="pc-dimm", id=name, memdev=f"mem-{name}", **where)
        if self.ram:
            for dimm in self.qmp("query-memory-devices"):
                if dimm["data"].get("id") == name:
                    self.ram.append((path, dimm["data"]["addr"]))

    def unplug_dimm(self, name, timeout=60):
        self.qmp("device_del", id=name)
        self.wait_event("DEVICE_DELETED", timeout, device=name)
        self.qmp("object-del", id=f"mem-{name}")
        self.ram = [(path, at) for path, at in self.ram if path.name != f"ram-{name}"]

    def plug_cpu(self):
        """Plug the next CPU that is not plugged yet; return its id."""
        if not self.arch.plugs_cpus:
            return None
        for slot in reversed(self.qmp("query-hotpluggable-cpus")):
            if "qom-path" not in slot:
                name = f"cpu-{slot['props']['socket-id']}-{slot['props']['core-id']}"
                self.qmp("device_add", driver=slot["type"], id=name, **slot["props"])
                return name
        raise HarnessError("all CPUs are plugged already")

    def unplug_cpu(self, name, timeout=60):
        self.qmp("device_del", id=name)
        # For a CPU, QEMU reports only that its APIC has been deleted.
        self.wait_event("DEVICE_DELETED", timeout, path=f"/machine/peripheral/{name}/lapic")

    def physical(self, start, size):
        """Read guest physical memory as it is at this instant."""
        path = self.dir / "pmem"
        self.qmp("pmemsave", val=start, size=size, filename=str(path), timeout=60)
        data = path.read_bytes()
        path.unlink()
        return data

    # The agent in the guest.

    def hello(self, kind, deadline):
        """Return the agent's next line; fail if a panic has ended without another boot."""
        while True:
            # Check the log first, so that the agent had the whole wait before the verdict.
            ended = PANIC_END in self.log()
            try:
                return self.agent.line(min(deadline, time.monotonic() + .2), "HELLO")
            except TimeoutError:
                if ended:
                    raise Failed(f"panicked to the end, and booted no {kind} kernel; "
                                 f"log ends: {self.log_tail()}")
                if time.monotonic() > deadline:
                    raise

    def wait_hello(self, kind, timeout):
        try:
            line = self.hello(kind, time.monotonic() + timeout)
            # A crash cuts the old kernel's last message short: skip it.
            while not re.search(r"HELLO (system|capture)$", line):
                line = self.hello(kind, time.monotonic() + timeout)
        except TimeoutError:
            self.judge_silence(f"no {kind} kernel's hello in {timeout} s", TimedOut)
        except HarnessError:
            self.judge_silence(f"the machine ended before a {kind} kernel came up")
        if not line.endswith(kind):
            raise Failed(f"'{line}' instead of a {kind} kernel's hello")

    def judge_silence(self, what, failure=Failed):
        """Blame the guest only if it has panicked and QEMU has not failed."""
        try:
            status = self.proc.wait(timeout=5)
        except subprocess.TimeoutExpired:
            status = 0
        what += f"; log ends: {self.log_tail()}"
        if self.proc.poll() is None:
            what += f"; {self.standstill()}"
        if status:
            raise HarnessError(f"QEMU exited with {status}: {what}")
        if "Kernel panic - not syncing" in self.log():
            raise failure(f"panicked, and {what}")
        raise HarnessError(what)

    def standstill(self):
        """Tell the state of a machine that says nothing any more.

        A machine that stops once in a hundred boots cannot be looked at later, and a
        task that waits for an interrupt leaves no trace in the log for minutes.
        """
        try:
            cpus, disk = self.registers(), self.hmp("info blockstats")
        except (HarnessError, OSError) as e:
            return f"QEMU does not answer: {e}"
        (self.dir / "state.log").write_text("\n".join(f"CPU {n}{cpu}" for n, cpu in enumerate(cpus)))
        said = ["CPUs at " + ", ".join(
            re.search(r"\b(?:[ER]IP|PC)=([0-9a-f]+)", cpu)[1] + (" (halted)" if "HLT=1" in cpu else "")
            for cpu in cpus), *disk.splitlines()]
        # The log's end does not show an error from which the boot never recovered.
        said += re.findall(r"^.*\bError\b.*", self.log(), re.M)[:2]
        return "; ".join(said)

    def start_command(self, script):
        data = script.encode()
        self.agent.sock.sendall(b"RUN %d\n" % len(data) + data)

    def last_words(self, hello):
        """Return the log's end of a kernel that crashed unasked, from its dump if there is one.

        The console may lack it: a crash does not wait until it is printed.
        """
        log = self.log()
        if hello.endswith("HELLO capture"):
            try:
                log = self.run("makedumpfile --dump-dmesg /proc/vmcore /tmp/dmesg 2>&1 >/dev/null; "
                               "cat /tmp/dmesg", check=False)[1]
                (self.dir / "dmesg.log").write_text(log)
            except (Failed, HarnessError):
                pass  # Report the crash, not that its dump can't be read.
        return f"its log ends: {tail(log, 40)}"

    def run(self, script, timeout=60, check=True):
        """Run a shell script in the guest; return its output, or (status, output)."""
        self.start_command(script)
        return self.finish_command(script, timeout, check)

    def run_logged(self, script):
        """Run a shell script; return (status, output, new lines of the kernel's log).

        The lines may include messages of others, so a caller must not expect its
        message at a given place.
        """
        seen = int(self.run("dmesg | wc -l"))
        status, output = self.run(script, check=False)
        return status, output, self.run(f"dmesg | tail -n +{seen + 1}")

    def finish_command(self, script="the command before", timeout=60, check=True):
        """Wait for the script of start_command(); otherwise as run()."""
        deadline = time.monotonic() + timeout
        output = b""
        try:
            while True:
                line = self.agent.line(deadline, "guest command")
                kind, _, value = line.partition(" ")
                if kind == "OUT":
                    output += self.agent.exactly(int(value), deadline, "guest output")
                elif kind == "EXIT":
                    break
                else:
                    raise Failed(f"guest said '{line}' during: {script.strip()[:100]}; "
                                 f"{self.last_words(line)}")
        except TimeoutError:
            raise TimedOut(f"guest command not done in {timeout} s: {script.strip()[:100]}; "
                           f"so far: {output.decode(errors='replace')[-300:]}; "
                           f"log ends: {self.log_tail()}")
        except HarnessError:
            self.judge_silence(f"the machine ended during: {script.strip()[:100]}")
        text = output.decode(errors="replace")
        if not check:
            return int(value), text
        if int(value):
            raise Failed(f"guest command failed with {value}: {script.strip()[:200]}: "
                         f"{text.strip()[-500:]}")
        return text

    def wait_for(self, condition, timeout=30, what=None):
        """Wait in the guest until the shell condition holds."""
        status, out = self.run(f"n={timeout * 20}\nuntil {condition}; do n=$((n-1)); "
                               f"[ $n -gt 0 ] || exit 99; sleep .05; done",
                               timeout=timeout + 30, check=False)
        if status == 99:
            raise TimedOut(f"not in {timeout} s: {what or condition}; {out.strip()[-200:]}")
        if status:
            raise HarnessError(f"waiting for {what or condition}: {out.strip()[-200:]}")

    def crash(self):
        self.expect_panic = True
        self.start_command("echo c > /proc/sysrq-trigger")

    # The log.

    def log(self):
        try:
            return self.log_path.read_text(errors="replace")
        except FileNotFoundError:
            return ""

    def wait_log(self, regex, timeout=60, verdict=None):
        """Wait from outside until the log matches.

        A timeout is a HarnessError, or Failed if the case gives a verdict on it.
        """
        deadline = time.monotonic() + timeout
        while not re.search(regex, self.log()):
            if time.monotonic() > deadline:
                if verdict:
                    raise Failed(f"{verdict}; the log ends: {self.log_tail()}")
                raise HarnessError(f"not in {timeout} s in the log: '{regex}'; "
                                   f"it ends: {self.log_tail()}")
            time.sleep(0.05)

    def log_tail(self, lines=4):
        return tail(self.log(), lines)

    def check_log(self):
        """Fail if the log has a message that a healthy kernel does not log."""
        crashed = allowed = False
        log = self.log()
        mainline = MAINLINE_REPORT.findall(log)
        for line in log.splitlines():
            if self.expect_panic and PANIC_LINE.search(line):
                crashed = True
            # Don't judge the messages of a crash, but those of the capture kernel again.
            if crashed and "Linux version " in line:
                crashed, self.expect_panic = False, False
            if crashed:
                continue
            if line in mainline or self.allow_log and re.search(self.allow_log, line):
                allowed = True
                continue
            # An allowed report covers its own stack, but no other report.
            if allowed and REPORT_STACK.search(line):
                continue
            if REPORT_END in line:
                allowed = False
            if BAD_LOG.search(line) or PANIC_LINE.search(line):
                raise Failed(f"in the guest's log: {line.strip()}")
