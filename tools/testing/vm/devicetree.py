# SPDX-License-Identifier: GPL-2.0-only
"""Device trees of QEMU's machines, extended by overlays."""
import subprocess


def _run(command, what):
    from vm import HarnessError
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True)
    if done.returncode:
        raise HarnessError(f"{what}: {done.stderr.strip()[-300:]}")


def with_overlay(directory, qemu_args, overlay):
    """Apply the overlay's source to the tree that QEMU makes for the arguments; return its path."""
    base, source = directory / "base.dtb", directory / "overlay.dts"
    compiled, out = directory / "overlay.dtbo", directory / "dtb"
    at = qemu_args.index("-machine") + 1
    _run(qemu_args[:at] + [f"{qemu_args[at]},dumpdtb={base}"] + qemu_args[at + 1:], "dumpdtb")
    source.write_text(overlay)
    _run(["dtc", "-q", "-@", "-O", "dtb", "-o", compiled, source], "dtc")
    _run(["fdtoverlay", "-i", base, "-o", out, compiled], "fdtoverlay")
    return out
