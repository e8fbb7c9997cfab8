# SPDX-License-Identifier: GPL-2.0-only
#
# Commands for users; `make` alone lists them. Everything that is built or
# fetched lives under $(BUILD), and every command fetches what it needs.

BUILD ?= $(CURDIR)/build
PYTHON ?= python3
export BUILD

# Asked for by users, handed on to the runner and the tests.
TARGET ?=
TESTS ?=
KERNEL ?=
ACCEL ?= tcg
BUSYBOX ?=
export TESTS

MACHINE := $(shell uname -m)
ON_ARM64 := $(filter aarch64 arm64,$(MACHINE))
CROSS_arm64 := $(if $(ON_ARM64),,aarch64-linux-gnu-)

Q := $(if $(V),,@)
QUIET := $(if $(V),,--no-print-directory -s)
SELFTESTS := $(BUILD)/selftests

.PHONY: help
help:
	@echo 'vgic-abi: does KVM on ARM place the virtual GIC as its ABI says?'
	@echo
	@echo '  make run         boot each target in QEMU, run the tests, sum up'
	@echo '  make check       the tests of this project itself'
	@echo '  make kselftest   on an ARM machine: test its own /dev/kvm, KTAP on stdout'
	@echo '  make selftests   build the test programs only'
	@echo '  make rules       remake selftests/rules.h from Documentation/abi/rules.toml'
	@echo '  make clean       remove what was built; make distclean: and fetched'
	@echo
	@echo '  TARGET=  only these targets    (make run TARGET="arm64-gicv2 arm64-gicv3")'
	@echo '  TESTS=   only these tests      (make run TESTS="errors.twice_*")'
	@echo '  KERNEL=  another kernel        (make run KERNEL=path/to/Image, KERNEL=debian:trixie)'
	@echo '  KSRC=    a Linux 6.1 source, for its selftests library, instead of fetching it'
	@echo '  BUSYBOX= a static BusyBox for the target, instead of fetching it'
	@echo '  ACCEL=   tcg, or kvm where the host has nested virtualization'
	@echo '  V=1      show commands and KTAP'
	@echo
	@echo 'Targets:'
	@$(PYTHON) scripts/run.py --list | sed 's/^/  /'

# ---- what every command stands on ----

.PHONY: packages-run packages-check ksrc
packages-run packages-check: packages-%:
	$(Q)$(PYTHON) scripts/packages.py $*

# Its path goes into a file, because KSRC= may name any other.
ksrc: packages-run
	$(Q)mkdir -p '$(BUILD)' && $(PYTHON) scripts/fetch.py ksrc >'$(BUILD)/ksrc.path'

.PHONY: selftests
selftests: ksrc
	$(Q)echo 'building the tests for arm64' >&2
	$(Q)mkdir -p '$(SELFTESTS)/arm64'
	$(Q)$(MAKE) $(QUIET) -C selftests ARCH=arm64 CROSS_COMPILE=$(CROSS_arm64) \
		KSRC="$$(cat '$(BUILD)/ksrc.path')" OUTPUT='$(SELFTESTS)/arm64'

.PHONY: rules
rules:
	$(Q)$(PYTHON) tools/rules.py header selftests/rules.h
	$(Q)$(PYTHON) tools/rules.py readme

# ---- commands ----

.PHONY: run
run: selftests
	$(Q)$(PYTHON) scripts/run.py $(foreach t,$(TARGET),--target '$(t)') \
		$(if $(TESTS),--tests '$(TESTS)') \
		$(if $(KERNEL),--kernel '$(KERNEL)') \
		$(if $(BUSYBOX),--busybox '$(BUSYBOX)') \
		--accel '$(ACCEL)' $(if $(V),--verbose)

# Fetches first, so that no test has to wait for the network.
.PHONY: check
check: packages-check selftests
	$(Q)$(PYTHON) scripts/fetch.py kernel >/dev/null
	$(Q)$(PYTHON) scripts/fetch.py busybox >/dev/null
	$(Q)$(PYTHON) tests/check.py $(CHECKS)

.PHONY: kselftest
ifneq ($(ON_ARM64),)
kselftest: selftests
	$(Q)sh selftests/run_all.sh '$(SELFTESTS)/arm64'
else
kselftest:
	@echo "make kselftest: expected a 64-bit ARM machine, got $(MACHINE): there is no ARM /dev/kvm here to test." >&2
	@echo "'make run' tests KVM in emulated ARM machines, on any machine." >&2
	@exit 2
endif

.PHONY: clean distclean
clean:
	$(Q)rm -rf '$(SELFTESTS)' '$(BUILD)/results' '$(BUILD)/unit' '$(BUILD)/initramfs'

distclean:
	$(Q)rm -rf '$(BUILD)'
