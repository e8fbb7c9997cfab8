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
MODULE ?=
ACCEL ?= tcg
BUSYBOX ?=
export TESTS

MACHINE := $(shell uname -m)
# What this machine is, of those that the tests can run on; empty if none.
NATIVE := $(if $(filter aarch64 arm64,$(MACHINE)),arm64)$(if $(filter arm armv7% armv8%,$(MACHINE)),arm)
CROSS_arm64 := $(if $(filter arm64,$(NATIVE)),,aarch64-linux-gnu-)
CROSS_arm := $(if $(filter arm,$(NATIVE)),,arm-linux-gnueabihf-)

Q := $(if $(V),,@)
QUIET := $(if $(V),,--no-print-directory -s)
SELFTESTS := $(BUILD)/selftests

.PHONY: help
help:
	@echo 'vgic-abi: does KVM on ARM place the virtual GIC as its ABI says?'
	@echo
	@echo '  make run         boot each target in QEMU, run the tests, sum up'
	@echo '  make check       the tests of this project itself'
	@echo '  make matrix      every kernel that can be had, side by side; KERNELS=folder, SUITES=, ALL=1'
	@echo '  make report      many runs in one report, build/report/index.html; FROM="folder file.ktap"'
	@echo '  make faults      put faults into the reference kernel: does the suite find each? FAULTS='
	@echo '  make lava        everything that a LAVA lab needs to run the tests: Documentation/lava.md'
	@echo '  make check-lava  those jobs under LAVA itself, on this machine: 15 minutes'
	@echo '  make bench       what operations cost: BASE=bench.json compares, MODE=, TARGET=, TESTS='
	@echo '  make coverage    how much of the pure logic its unit tests run'
	@echo '  make fuzz        random calls against a model of the ABI, OPS=1000000 of them; SEED='
	@echo '  make soak        guests and VMMs that mean harm, SOAK=600 seconds of them; SEED='
	@echo '  make guest-soak  Linux as a guest for longer: many boots, long loads, many saves'
	@echo '  make kselftest   on an ARM machine: test its own /dev/kvm, KTAP on stdout'
	@echo '  make selftests   build the test programs only'
	@echo '  make module      build the reference kernel, kvm_armv7.ko, for each 32-bit target'
	@echo '  make debug-kernel  the same on a kernel built to find mistakes (KASAN, lockdep, ...)'
	@echo '  make vgic-run    build the program that boots Linux as a guest'
	@echo '  make deb         Debian packages for ARM machines, in build/deb: see packaging.md'
	@echo '  make check-deb   install them in an emulated Debian, load the module, run tests'
	@echo '  make rules       remake rules.h and reference.md from Documentation/abi/rules.toml'
	@echo '  make clean       remove what was built; make distclean: and fetched'
	@echo
	@echo '  TARGET=  only these targets    (make run TARGET="arm64-gicv2 arm64-gicv3")'
	@echo '  TESTS=   only these tests      (make run TESTS="errors.twice_*")'
	@echo '  SEED=    other delays between the threads of race.*, or the seed to repeat'
	@echo '  KERNEL=  another kernel        (make run KERNEL=path/to/Image, KERNEL=debian:trixie)'
	@echo '  MODULE=  a kvm_armv7.ko that is built already, for a 32-bit KERNEL=path/to/zImage'
	@echo '  KSRC=    a Linux 6.1 source, for its selftests library, instead of fetching it'
	@echo '  BUSYBOX= a static BusyBox for the targets of its architecture, instead of fetching it'
	@echo '  ACCEL=   tcg, or kvm where the host has nested virtualization'
	@echo '  V=1      show commands and KTAP; W=1, C=1: as for the kernel, for make module'
	@echo
	@echo 'Targets:'
	@$(PYTHON) scripts/run.py --list | sed 's/^/  /'

# ---- what every command stands on ----

.PHONY: packages-run packages-check packages-debug packages-deb packages-check-deb packages-lava ksrc
packages-run packages-check packages-debug packages-deb packages-check-deb packages-lava: packages-%:
	$(Q)$(PYTHON) scripts/packages.py $*

# Its path goes into a file, because KSRC= may name any other.
ksrc: packages-run
	$(Q)mkdir -p '$(BUILD)' && $(PYTHON) scripts/fetch.py ksrc >'$(BUILD)/ksrc.path'

.PHONY: selftests selftests-arm64 selftests-arm
selftests: selftests-arm64 selftests-arm
selftests-arm64 selftests-arm: selftests-%: ksrc
	$(Q)echo 'building the tests for $*' >&2
	$(Q)mkdir -p '$(SELFTESTS)/$*'
	$(Q)$(MAKE) $(QUIET) -C selftests ARCH=$* CROSS_COMPILE=$(CROSS_$*) \
		KSRC="$$(cat '$(BUILD)/ksrc.path')" OUTPUT='$(SELFTESTS)/$*'

# Programs of tests/refkernel that are a matter of time.
.PHONY: hostile
hostile: selftests-arm
	$(Q)$(MAKE) $(QUIET) -C tests/refkernel CROSS_COMPILE=$(CROSS_arm) \
		KSRC="$$(cat '$(BUILD)/ksrc.path')" OUTPUT='$(BUILD)/hostile/arm' \
		PROBE='$(SELFTESTS)/arm/probe' PROGRAMS='hostile_guest hostile_vmm' LIMIT=1800

# A program that boots Linux as a guest, to be run on the targets or on a board.
.PHONY: vgic-run vgic-run-arm64 vgic-run-arm
DEBIAN_arm64 := arm64
DEBIAN_arm := armhf
vgic-run: vgic-run-arm64 vgic-run-arm
vgic-run-arm64 vgic-run-arm: vgic-run-%: ksrc
	$(Q)mkdir -p '$(BUILD)/vgic-run/$*'
	$(Q)libfdt=$$($(PYTHON) scripts/fetch.py libfdt --arch $(DEBIAN_$*)) && \
	$(MAKE) $(QUIET) -C tools/vgic-run CROSS_COMPILE=$(CROSS_$*) \
		KSRC="$$(cat '$(BUILD)/ksrc.path')" LIBFDT="$$libfdt" OUTPUT='$(BUILD)/vgic-run/$*'

# Programs that use it.
.PHONY: guest-linux guest-linux-arm64 guest-linux-arm
guest-linux: guest-linux-arm64 guest-linux-arm
guest-linux-arm64 guest-linux-arm: guest-linux-%: vgic-run-% selftests-%
	$(Q)$(MAKE) $(QUIET) -C tests/guest_linux CROSS_COMPILE=$(CROSS_$*) ARCH=$* \
		KSRC="$$(cat '$(BUILD)/ksrc.path')" OUTPUT='$(BUILD)' \
		PROBE='$(SELFTESTS)/$*/probe'

# Every kernel that can be had, side by side.
.PHONY: matrix
matrix: selftests
	$(Q)$(PYTHON) scripts/matrix.py $(if $(KERNELS),--kernels '$(KERNELS)') \
		$(if $(SUITES),--suites '$(SUITES)') $(if $(TARGET),--target '$(TARGET)') $(if $(TESTS),--tests '$(TESTS)') \
		$(if $(ALL),--all) $(if $(BUSYBOX),--busybox '$(BUSYBOX)') $(if $(V),--verbose)

# Results of other runs, folders and files as many as one likes, in one report.
FROM ?= $(BUILD)/results
.PHONY: report
report:
	$(Q)$(PYTHON) tools/merge.py $(FROM)

# Faults that are put into the reference kernel, for the suite to find.
.PHONY: faults
faults: packages-run selftests-arm
	$(Q)$(MAKE) $(QUIET) -C tests/refkernel CROSS_COMPILE=$(CROSS_arm) \
		KSRC="$$(cat '$(BUILD)/ksrc.path')" OUTPUT='$(BUILD)/faults/arm' \
		PROBE='$(SELFTESTS)/arm/probe' PROGRAMS='cpu memory leaks' LIMIT=120
	$(Q)$(PYTHON) scripts/faults.py $(if $(FAULTS),--faults '$(FAULTS)') \
		$(if $(BUSYBOX),--busybox '$(BUSYBOX)') $(if $(V),--verbose)

.PHONY: rules
rules:
	$(Q)$(PYTHON) tools/rules.py header selftests/rules.h
	$(Q)$(PYTHON) tools/rules.py reference Documentation/abi/reference.md
	$(Q)$(PYTHON) tools/rules.py readme

# ---- commands ----

# Which targets, and what they are made of.
CHOICE = $(foreach t,$(TARGET),--target '$(t)') \
	$(if $(KERNEL),--kernel '$(KERNEL)') \
	$(if $(MODULE),--module '$(MODULE)')

.PHONY: run
run: selftests hostile guest-linux
	$(Q)$(PYTHON) scripts/run.py $(CHOICE) \
		$(if $(TESTS),--tests '$(TESTS)') \
		$(if $(SEED),--append 'race_seed=$(SEED)') \
		$(if $(BUSYBOX),--busybox '$(BUSYBOX)') \
		--accel '$(ACCEL)' $(if $(V),--verbose)

# run.py has it built as part of `run`, for the targets that are chosen there.
.PHONY: module
module: packages-run
	$(Q)$(PYTHON) scripts/run.py --modules $(CHOICE)

# Seconds in all: two programs on two kernels have a quarter each. One seed for all
# of them, so that one command repeats it.
SOAK ?= 600
.PHONY: soak soak-numbers
soak-numbers:
	$(Q)[ '$(SOAK)' -ge 40 ] 2>/dev/null && [ '$(SOAK)' -le 6000 ] || { \
		echo "SOAK: expected seconds from 40 to 6000, got '$(SOAK)'" >&2; exit 2; }
	$(Q)[ '$(or $(SEED),0)' -ge 0 ] 2>/dev/null || { \
		echo "SEED: expected the number that a run printed, got '$(SEED)'" >&2; exit 2; }
soak: soak-numbers selftests hostile
	$(Q)seed='$(SEED)'; [ "$$seed" ] || seed=$$(od -An -N4 -tu4 /dev/urandom | tr -d ' '); \
	echo "SOAK=$(SOAK) SEED=$$seed" >&2; \
	$(PYTHON) scripts/run.py --target armv7-hostile --target armv7-hostile-6.12 \
		--append "hostile=$$(($(SOAK) / 4)) hostile_seed=$$seed" \
		$(if $(BUSYBOX),--busybox '$(BUSYBOX)') $(if $(V),--verbose) || { \
		status=$$?; \
		echo "to repeat it: make soak SOAK=$(SOAK) SEED=$$seed" >&2; exit $$status; }

# What operations cost. On an ARM machine with /dev/kvm: of that.
BENCH_ARCHES := $(if $(TARGET),$(if $(findstring arm64,$(TARGET)),arm64) $(if $(findstring armv7,$(TARGET)),arm),arm64 arm)
BENCH_HERE := $(and $(NATIVE),$(wildcard /dev/kvm),$(filter native,$(or $(MODE),native)))
.PHONY: bench bench-baseline bench-programs
bench-programs: $(if $(BENCH_HERE),selftests-$(NATIVE),$(addprefix selftests-,$(BENCH_ARCHES)))
	$(Q)for arch in $(if $(BENCH_HERE),$(NATIVE),$(BENCH_ARCHES)); do \
		mkdir -p "$(BUILD)/bench/$$arch" && \
		cp "$(SELFTESTS)/$$arch/probe" "$(SELFTESTS)/$$arch/bench" "$(BUILD)/bench/$$arch" && \
		echo 'bench 900' >"$(BUILD)/bench/$$arch/programs" || exit; \
	done
bench bench-baseline: bench-programs
	$(Q)$(PYTHON) scripts/bench.py $(if $(MODE),--mode '$(MODE)') \
		$(foreach t,$(TARGET),--target '$(t)') $(if $(KERNEL),--kernel '$(KERNEL)') \
		$(if $(MODULE),--module '$(MODULE)') $(if $(TESTS),--tests '$(TESTS)') \
		$(if $(BASE),--base '$(BASE)') $(if $(THRESHOLD),--threshold '$(THRESHOLD)') \
		$(if $(BENCH_HERE),--program '$(BUILD)/bench/$(NATIVE)/bench') \
		$(if $(filter bench-baseline,$@),--baseline) \
		$(if $(BUSYBOX),--busybox '$(BUSYBOX)') $(if $(V),--verbose)

# Guests that are Linux, as in `make run`, for half an hour.
.PHONY: guest-soak
guest-soak: guest-linux
	$(Q)$(PYTHON) scripts/run.py \
		$(foreach t,$(or $(TARGET),armv7-linux-soak),--target '$(t)') \
		$(if $(TESTS),--tests '$(TESTS)') $(if $(BUSYBOX),--busybox '$(BUSYBOX)') \
		$(if $(V),--verbose)

# As in `make run`, with other calls each time and far more of them: as many as the
# targets say, or OPS.
FUZZ_TARGETS := $(or $(TARGET),armv7-fuzz arm64-gicv2-fuzz arm64-gicv3-fuzz)
FUZZ_ARCHES := $(if $(filter arm64%,$(FUZZ_TARGETS)),arm64) $(if $(filter armv7%,$(FUZZ_TARGETS)),arm)
.PHONY: fuzz fuzz-numbers fuzz-programs
fuzz-numbers:
	$(Q)[ '$(or $(OPS),1)' -ge 1 ] 2>/dev/null || { \
		echo "OPS: expected how many calls to make, got '$(OPS)'" >&2; exit 2; }
	$(Q)[ '$(or $(SEED),1)' -ge 1 ] 2>/dev/null && [ '$(or $(SEED),1)' -lt 4294967296 ] || { \
		echo "SEED: expected the number that a run printed, got '$(SEED)'" >&2; exit 2; }
	$(Q)[ '$(words $(filter-out %-fuzz %-fuzz-6.12,$(FUZZ_TARGETS)))' -eq 0 ] || { \
		echo "TARGET: expected targets such as armv7-fuzz, got '$(TARGET)'; make lists them" >&2; exit 2; }
fuzz-programs: fuzz-numbers $(addprefix selftests-,$(FUZZ_ARCHES))
	$(Q)for arch in $(FUZZ_ARCHES); do \
		mkdir -p "$(BUILD)/fuzz/$$arch" && \
		cp "$(SELFTESTS)/$$arch/probe" "$(SELFTESTS)/$$arch/model" "$(BUILD)/fuzz/$$arch" && \
		echo 'model 3600' >"$(BUILD)/fuzz/$$arch/programs" || exit; \
	done
fuzz: fuzz-programs
	$(Q)seed='$(SEED)'; [ "$$seed" ] || seed=$$(od -An -N4 -tu4 /dev/urandom | tr -d ' '); \
	echo "SEED=$$seed" >&2; \
	$(PYTHON) scripts/run.py $(foreach t,$(FUZZ_TARGETS),--target '$(t)') \
		$(if $(KERNEL),--kernel '$(KERNEL)') $(if $(MODULE),--module '$(MODULE)') \
		--tests model.sequences \
		--append "$(if $(OPS),fuzz_ops=$(OPS) )fuzz_seed=$$seed" \
		$(if $(BUSYBOX),--busybox '$(BUSYBOX)') $(if $(V),--verbose) || { \
		status=$$?; \
		echo "to repeat it: make fuzz SEED=$$seed$(if $(OPS), OPS=$(OPS))$(if $(TARGET), TARGET='$(TARGET)')$(if $(KERNEL), KERNEL=$(KERNEL))" >&2; \
		exit $$status; }

# A kernel of its own, built once: some minutes.
.PHONY: debug-kernel
debug-kernel: packages-debug selftests hostile
	$(Q)$(PYTHON) scripts/run.py --target armv7-debug --target armv7-debug-hostile \
		$(if $(TESTS),--tests '$(TESTS)') \
		$(if $(BUSYBOX),--busybox '$(BUSYBOX)') $(if $(V),--verbose)

# Fetches first, so that no test has to wait for the network.
.PHONY: check
check: packages-check selftests hostile guest-linux
	$(Q)$(PYTHON) scripts/fetch.py ksrc --version 6.12 >'$(BUILD)/ksrc-6.12.path'
	$(Q)$(PYTHON) scripts/run.py --prepare
	$(Q)$(PYTHON) scripts/fetch.py kernel --arch arm64 --suite bookworm-backports >/dev/null
	$(Q)$(PYTHON) tests/check.py $(CHECKS)

# What a LAVA lab needs; LAVA= may hold more of scripts/lava.py's options.
.PHONY: lava check-lava
lava: selftests hostile
	$(Q)$(PYTHON) scripts/lava.py $(foreach t,$(TARGET),--target '$(t)') \
		$(foreach k,$(KERNEL),--kernel '$(k)') $(if $(MODULE),--module '$(MODULE)') \
		$(if $(DTB),--dtb '$(DTB)') $(if $(ROOTFS),--rootfs '$(ROOTFS)') \
		$(if $(TESTS),--tests '$(TESTS)') $(if $(LAVA_URL),--url '$(LAVA_URL)') \
		$(if $(BUSYBOX),--busybox '$(BUSYBOX)') $(LAVA)

check-lava: packages-lava selftests hostile bench-programs
	$(Q)$(PYTHON) tests/check_lava.py $(CHECKS)

.PHONY: coverage
coverage: packages-check ksrc
	$(Q)$(PYTHON) tools/coverage.py

# Debian packages: the module for DKMS, the tests and vgic-run for armhf and arm64.
.PHONY: deb check-deb
deb: packages-deb selftests vgic-run
	$(Q)$(PYTHON) scripts/deb.py

# Installs them in a Debian for 32-bit ARM that runs in QEMU.
check-deb: packages-check-deb selftests-arm vgic-run-arm
	$(Q)$(PYTHON) scripts/check_deb.py $(if $(V),--verbose)

.PHONY: kselftest
ifneq ($(NATIVE),)
kselftest: selftests-$(NATIVE)
	$(Q)sh selftests/run_all.sh '$(SELFTESTS)/$(NATIVE)'
else
kselftest:
	@echo "make kselftest: expected an ARM machine, got $(MACHINE): there is no ARM /dev/kvm here to test." >&2
	@echo "'make run' tests KVM in emulated ARM machines, on any machine." >&2
	@exit 2
endif

.PHONY: clean distclean
clean:
	$(Q)rm -rf $(foreach made,selftests hostile vgic-run guest guest_linux guest_soak \
		fuzz bench results report unit initramfs deb check-deb lava check-lava module dtb,'$(BUILD)/$(made)')

distclean:
	$(Q)rm -rf '$(BUILD)'
