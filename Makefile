# SPDX-License-Identifier: GPL-2.0-only
# hotcore: see README.md, or "make help".

KERNEL		?= 6.12
KERNEL_SRC	?=
ARCH		?= x86_64
OVERLAY		?= 1
CONFIG		?= debian

# The tree's name below build/: its version, or the name of KERNEL_SRC.
NAME		:= $(shell scripts/tree --name '$(KERNEL)' '$(KERNEL_SRC)')
# The Debian suite whose tools know the kernel; those for newer kernels are in sid.
export HOTCORE_SUITE := $(if $(filter 6.%,$(shell scripts/kernel-version '$(KERNEL)' '$(KERNEL_SRC)')),trixie,sid)
GUEST		:= build/guest-$(ARCH)$(if $(filter sid,$(HOTCORE_SUITE)),-sid)
VARIANT		:= $(if $(filter 0,$(OVERLAY)),mainline)
BUILD		:= build/$(NAME)-$(ARCH)

help:
	@echo "hotcore: core headers that follow CPU and memory hotplug"
	@echo
	@echo "  make demo       plug, unplug, crash and hang machines; open the dumps in crash"
	@echo "  make check      all tests that CI runs"
	@echo "  make check-long the longer tests: kernel 7.3, other architectures"
	@echo "  make check-debian   hotplug and crashes on Debian servers with kdump-tools"
	@echo "  make bench      the cost of an event, with mainline and with hotcore"
	@echo
	@echo "  make tree       a kernel tree with hotcore in it: build/tree-$(NAME)"
	@echo "  make kernel     a test kernel of it: $(BUILD)/Image, vmlinux, config"
	@echo "  make guest      the test machines' user space: $(GUEST)/initramfs.cpio.gz"
	@echo "  make tools      build/tools/elfcorehdr, minidump"
	@echo "  make install    the tools with man pages, to PREFIX=/usr/local below DESTDIR="
	@echo "  make deb        Debian packages of the kernel and of the tools, in build/deb"
	@echo "  make patches    hotcore as patches for 'git am': build/patches-$(NAME)"
	@echo "  make clean      remove build/"
	@echo
	@echo "  KERNEL=6.12         Debian's linux-source of that version"
	@echo "  KERNEL_SRC=PATH     a kernel tree or tarball instead; it is only read"
	@echo "  ARCH=x86_64         or arm64"
	@echo "  OVERLAY=0           for make kernel and make deb: the same without hotcore"
	@echo "  CONFIG=debian       for make deb: Debian's own configuration; cloud: Debian's for"
	@echo "                      virtual machines; small: for tests; or a file"

deps:
	@scripts/deps $(ARCH)

tree: deps
	@scripts/tree '$(KERNEL)' '$(KERNEL_SRC)'

kernel: tree
	@scripts/kernel $(NAME) $(ARCH) $(VARIANT)

guest: deps
	@scripts/guest $(ARCH) $(GUEST) $(HOTCORE_SUITE)
	@scripts/guest-tools $(ARCH)

tools:
	@scripts/deps --tools
	@$(MAKE) --no-print-directory -C tools/crash OUT=$(CURDIR)/build/tools
	@$(MAKE) --no-print-directory -C tools/minidump OUT=$(CURDIR)/build/tools

install: tools
	@$(MAKE) --no-print-directory -C tools/crash OUT=$(CURDIR)/build/tools install
	@$(MAKE) --no-print-directory -C tools/minidump OUT=$(CURDIR)/build/tools install

deb: deps tree
	@scripts/deb-tools
	@scripts/deb-kernel $(NAME) '$(CONFIG)' $(VARIANT)

demo: kernel guest
	@scripts/crash-utility $(HOTCORE_SUITE) $(ARCH)
	@tools/testing/vm/demo.py $(BUILD)

check:
	@scripts/deps x86_64 arm64
	@HOTCORE_SUITE=trixie scripts/check

check-long:
	@scripts/deps x86_64 arm64
	@scripts/check-long

check-debian:
	@scripts/deps x86_64
	@scripts/check-debian

bench:
	@scripts/deps $(ARCH) gnuplot-nox
	@scripts/bench $(KERNEL)

patches: tree
	@scripts/patches $(NAME)

clean:
	rm -rf build

.PHONY: help deps tree kernel guest tools install deb demo check check-long check-debian bench patches clean
