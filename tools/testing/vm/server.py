# SPDX-License-Identifier: GPL-2.0-only
"""A Debian server as a machine under test: systemd, udev, kdump-tools.

Uses vm.  scripts/debian-image and scripts/debian-server make its disk.
Commands are run by QEMU's guest agent, which is Debian's package; their output
comes through a port of its own, so that nothing asks for it again and again.
"""
import json
import select
import shutil
import subprocess
import time
from pathlib import Path

from vm import BUILD, MIB, Channel, Failed, HarnessError, Machine, TimedOut

AGENT = "/dev/virtio-ports/hotcore.agent"
# $1 is the script; its output and its status go to the port, as those of the test
# machines' own agent do.  Only one process may have the port open: the next command waits
# until this one has closed it, and not for processes that the script leaves behind.
COMMAND = f"""
exec 9>/run/output.lock
flock 9
bash -c "$1" >/run/output 2>&1 </dev/null 9>&-
status=$?
{{
	printf 'OUT %d\\n' "$(stat -c %s /run/output)"
	cat /run/output
	echo "EXIT $status"
}} >{AGENT}
"""
# The properties of a server, unless a test asks for others.
OPTIONS = {"memory": "1G", "slots": 32, "maxmem": "32G", "cpus": 4, "crashkernel": "192M",
           "cpu": "max", "panic": 0, "boot_timeout": 600}


def make_disk(path, files):
    """Make a disk with copies of the files at its top."""
    top = path.with_suffix(".files")
    top.mkdir()
    for file in files:
        shutil.copy(file, top)
    size = sum(Path(f).stat().st_size for f in files)
    with open(path, "wb") as f:
        f.truncate(size * 5 // 4 + 16 * MIB)
    subprocess.run(["mke2fs", "-q", "-F", "-t", "ext4", "-m", "0", "-d", top, path], check=True)
    shutil.rmtree(top)


class Server(Machine):
    """A server; kernel is the directory of scripts/debian-server, or one that has Image alone."""

    def __init__(self, kernel, root=None, files=(), **options):
        options = {**OPTIONS, **options}
        # The files are on a second disk.
        self.disk_files = list(files)
        self.root = Path(root or Path(kernel) / "root.ext4")
        super().__init__(kernel, **options)
        self.args += [
            "-chardev", f"socket,id=qga,path={self.dir}/qga",
            "-device", "virtserialport,chardev=qga,id=qga,name=org.qemu.guest_agent.0"]
        if self.disk_files:
            self.args += ["-drive", f"if=none,id=files,file={self.dir}/files,format=raw,readonly=on",
                          "-device", "virtio-blk-pci,drive=files"]

    def boot_args(self, cmdline):
        # After the dump the capture kernel reboots: QEMU boots the same kernel again.
        initrd = self.kernel / "initrd"
        return ["-kernel", str(self.kernel / "Image"),
                *(["-initrd", str(initrd)] if initrd.exists() else []),
                "-append", f"root=/dev/vda rw {cmdline}"]

    def make_disks(self):
        subprocess.run(["cp", "--sparse=always", self.root, self.disk], check=True)
        if self.disk_files:
            make_disk(self.dir / "files", self.disk_files)

    def listen(self):
        super().listen()
        self.qga = Channel(self.dir / "qga")
        self.channels.append(self.qga)

    def wait_ready(self, timeout):
        """Wait until the guest agent is there, and then until the boot is over."""
        deadline = time.monotonic() + timeout
        try:
            self.wait_event("VSERPORT_CHANGE", timeout, id="qga", open=True)
            # The channel may still have an answer from before a crash.
            mark = time.monotonic_ns() & 0x7fffffff
            self.send_agent("guest-sync", id=mark)
            while self.agent_answer(deadline) != mark:
                pass
        except (HarnessError, TimeoutError) as e:
            self.judge_silence(f"the server did not boot in {timeout} s: {e}", TimedOut)
        # It is "degraded" if a unit failed.
        self.run("systemctl is-system-running --wait", timeout=timeout, check=False)

    def send_agent(self, command, **arguments):
        request = {"execute": command, "arguments": arguments}
        self.qga.sock.sendall(json.dumps(request).encode() + b"\n")

    def agent_answer(self, deadline):
        """Return the agent's next answer, or None if a crash has cut it short."""
        try:
            answer = json.loads(self.qga.line(deadline, "the guest agent"))
        except ValueError:
            return None
        if "error" in answer:
            raise HarnessError(f"guest agent: {answer['error']['desc']}")
        return answer["return"]

    def read_answers(self):
        """Read the agent's answers since: it stops when the channel is full."""
        while select.select([self.qga.sock], [], [], 0)[0]:
            self.qga.fill(time.monotonic() + 1, "the guest agent")
        while b"\n" in self.qga.buf:
            self.agent_answer(0)

    def start_command(self, script):
        # Nothing waits for the answer, the process's number: a crash may cut it off.
        self.read_answers()
        self.send_agent("guest-exec", path="/bin/bash", arg=["-c", COMMAND, "command", script])

    def mount_files(self):
        self.run("mkdir -p /mnt/files; mount -o ro /dev/vdb /mnt/files")

    def power_off(self, timeout=120):
        """Shut the server down, so that its disk can be read from outside."""
        self.start_command("poweroff")
        # With no -no-shutdown, QEMU ends.
        try:
            self.proc.wait(timeout)
        except subprocess.TimeoutExpired:
            raise TimedOut(f"no power off in {timeout} s; log ends: {self.log_tail()}")

    def wait_reboot(self, timeout):
        """Wait until the machine has been reset, and boots again."""
        try:
            self.wait_event("RESET", timeout, reason="guest-reset")
        except HarnessError as e:
            self.judge_silence(f"no reboot in {timeout} s: {e}", TimedOut)
        self.wait_ready(self.boot_timeout)

    def file(self, path, to):
        """Copy a file of the server's disk, once the server is off."""
        done = subprocess.run(["debugfs", "-R", f"dump {path} {to}", str(self.disk)],
                              capture_output=True, text=True)
        if not to.exists() or not to.stat().st_size:
            raise Failed(f"no {path} on the server's disk: {done.stderr.strip()[-200:]}")
        return to


def install(directory, suite, packages, kernel):
    """Boot the suite's server and install packages in it; leave its disk in the directory.

    kernel has the Image of one of the packages, which boots the disk without an initrd.
    """
    with Server(kernel, root=BUILD / f"debian-{suite}" / "root.ext4", files=packages,
                name="install") as vm:
        vm.mount_files()
        out = vm.run("dpkg -i /mnt/files/*.deb", timeout=900)
        release = vm.run("ls /boot | sed -n 's/^vmlinuz-//p'").strip()
        vm.power_off()
        (directory / "install.log").write_text(out)
        vm.file(f"/boot/vmlinuz-{release}", directory / "Image")
        vm.file(f"/boot/initrd.img-{release}", directory / "initrd")
        vm.file(f"/boot/config-{release}", directory / "config")
        shutil.move(vm.disk, directory / "root.ext4")
    return release
