# SPDX-License-Identifier: GPL-2.0-only
#
# Commands for users; `make` alone lists them. Each command fetches what it needs. Everything that
# is built or fetched is under $(BUILD).

PYTHON ?= python3

# make and kbuild cannot handle paths with spaces or colons: refuse them before anything is written.
define CHECK_PATH
ifneq ($$(words $(2)),1)
$$(error expected $(1) without spaces, which make and kbuild cannot handle, got '$(2)': $(3))
endif
ifneq ($$(findstring :,$(2)),)
$$(error expected $(1) without colons, which make and kbuild cannot handle, got '$(2)': $(3))
endif
endef
$(eval $(call CHECK_PATH,this checkout in a path,$(CURDIR),move it))
$(foreach name,BUILD KSRC VGIC_ABI_CACHE,$(if $($(name)), \
	$(eval $(call CHECK_PATH,a path for $(name)=,$($(name)),name another folder))))
# Absolute, because many commands that use it run in other folders.
override BUILD := $(abspath $(or $(BUILD),build))
export BUILD PYTHON

# Set by users, and passed on to the runner and the tests.
TARGET ?=
TESTS ?=
KERNEL ?=
MODULE ?=
ACCEL ?= tcg
BUSYBOX ?=
QEMU ?=
export TESTS

MACHINE := $(shell uname -m)
# This machine's architecture if the tests can run on it, or empty.
NATIVE := $(if $(filter aarch64 arm64,$(MACHINE)),arm64)$(if $(filter arm armv7% armv8%,$(MACHINE)),arm)
CROSS_arm64 := $(if $(filter arm64,$(NATIVE)),,aarch64-linux-gnu-)
CROSS_arm := $(if $(filter arm,$(NATIVE)),,arm-linux-gnueabihf-)
export CROSS_arm64 CROSS_arm

Q := $(if $(V),,@)
QUIET := $(if $(V),,--no-print-directory -s)
SELFTESTS := $(BUILD)/selftests
# Prerequisites are made one at a time, because each starts a parallel build of its own.
.NOTPARALLEL:

.PHONY: help
help:
	@echo 'vgic-abi: does KVM on ARM place the virtual GIC as its ABI says?'
	@echo
	@echo 'Each day:'
	@echo '  make run           boot each target in QEMU, run the tests, print a summary'
	@echo '  make check         the tests of this project itself; FAST=1: only quick ones'
	@echo '  make report        merge runs into one report, build/report/index.html; FROM="folder file"'
	@echo '  make kselftest     on an ARM machine: test its own /dev/kvm, KTAP on stdout'
	@echo 'After a change of the rules, the reference kernel or its speed:'
	@echo '  make rules         regenerate the files made from Documentation/abi/*.toml'
	@echo '  make module        build the reference kernel, kvm_armv7.ko, for each 32-bit target'
	@echo '  make coverage      line coverage of pure logic in the reference kernel by unit tests'
	@echo '  make bench         what operations cost: BASE=bench.json compares, MODE=, TARGET=, TESTS='
	@echo 'Before a release, or at night:'
	@echo '  make matrix        compare Debian kernels and yours; KERNELS=folder, SUITES=, ALL=1'
	@echo '  make check-long    tests of this project that take a long time and seldom fail'
	@echo '  make debug-kernel  suite and hostile guests on a kernel with KASAN, lockdep, kmemleak, UBSAN'
	@echo '  make faults        put faults into the reference kernel; the suite has to find each; FAULTS='
	@echo '  make mutants       test the tests with N=60 random changes to the kernel; SEED=, FILES='
	@echo '  make fuzz          random calls and accesses against models, OPS=1000000; SEED=, TESTS='
	@echo '  make soak          hostile guests and VMMs for SOAK=600 seconds; SEED='
	@echo '  make guest-soak    Linux as a guest for longer: many boots, long loads, many saves'
	@echo '  make noise         targets on a disturbed host: TARGET=, KINDS=, RUNS=, SEED='
	@echo 'For other machines:'
	@echo '  make selftests     build the test programs'
	@echo '  make vgic-run      build the VMM that boots Linux as a guest'
	@echo '  make deb           Debian packages for ARM machines, in build/deb: see packaging.md'
	@echo '  make check-deb     install them in an emulated Debian, load the module, run tests'
	@echo '  make lava          jobs, kernels and test programs for a LAVA lab: see lava.md'
	@echo '  make check-lava    run those jobs with LAVA itself, on this machine: 15 minutes'
	@echo '  make check-arm     make kselftest in an emulated Debian for arm64: half an hour'
	@echo
	@echo '  make clean         remove what was built; make distclean: also what was fetched'
	@echo
	@echo '  TARGET=  only these targets    (make run TARGET="arm64-gicv2 arm64-gicv3")'
	@echo '  TESTS=   only these tests      (make run TESTS="errors.twice_*")'
	@echo '  CHECKS=  only these tests of make check   (make check CHECKS=tests.test_rules)'
	@echo '  SEED=    other delays between the threads of race.*, or the seed to repeat'
	@echo '  KERNEL=  another kernel        (make run KERNEL=path/to/Image, KERNEL=debian:trixie)'
	@echo '  MODULE=  a kvm_armv7.ko that is built already, for a 32-bit KERNEL=path/to/zImage'
	@echo '  KSRC=    a Linux 6.1 source, for its selftests library, instead of a fetched one'
	@echo '  BUSYBOX= a static BusyBox for the targets of its architecture, instead of a fetched one'
	@echo '  QEMU=    the emulator of all targets, such as a build of your own'
	@echo '  BUILD=   where everything is built and fetched, instead of build/'
	@echo '  ACCEL=   tcg, or kvm where the host has nested virtualization'
	@echo '  V=1      show commands and KTAP; W=1, C=1: as for the kernel, for make module'
	@echo
	@$(PYTHON) scripts/run.py --list

# ---- prerequisites ----

PACKAGES := $(addprefix packages-,python native run check debug mutants deb check-deb check-arm lava)
.PHONY: $(PACKAGES)
$(PACKAGES): packages-%:
	$(Q)$(PYTHON) scripts/packages.py $*

# Regenerates files after a change of the tables of rules and registers.
.PHONY: rules
rules:
	$(Q)$(PYTHON) tools/rules.py header selftests/rules.h
	$(Q)$(PYTHON) tools/rules.py reference Documentation/abi/reference.md
	$(Q)$(PYTHON) tools/rules.py readme
	$(Q)$(PYTHON) tools/registers.py header selftests/fields_table.h
$(BUILD)/rules.made: $(wildcard Documentation/abi/*.toml Documentation/abi/*/*.toml) \
		tools/rules.py tools/registers.py selftests/rules.h selftests/fields_table.h
	$(Q)$(MAKE) $(QUIET) rules
	$(Q)mkdir -p '$(BUILD)' && touch '$@'

# Builds goals of scripts/build.mk, with a job for each CPU unless the user sets -j.
JOBS = $(if $(filter -j% --jobserver%,$(MAKEFLAGS)),,-j$(shell nproc))
BUILT = ksrc=$$($(PYTHON) scripts/fetch.py ksrc) && \
	$(MAKE) $(QUIET) $(JOBS) -f scripts/build.mk KSRC="$$ksrc" BUILD='$(BUILD)'

# Prints the goals that the chosen targets need.
NEEDS = $(PYTHON) scripts/run.py --needs $(CHOICE)

.PHONY: selftests selftests-arm64 selftests-arm
selftests: packages-run $(BUILD)/rules.made
	+$(Q)$(BUILT) selftests-arm64 selftests-arm
selftests-arm64 selftests-arm: packages-run $(BUILD)/rules.made
	+$(Q)$(BUILT) $@

# The VMM that boots Linux as a guest, for the targets and for boards.
.PHONY: vgic-run
vgic-run: packages-run
	+$(Q)$(BUILT) vgic-run-arm64 vgic-run-arm

# Debian's kernels, the reference kernel and the user's, side by side.
.PHONY: matrix
matrix: selftests
	$(Q)$(PYTHON) scripts/run_matrix.py $(if $(KERNELS),--kernels '$(KERNELS)') \
		$(if $(SUITES),--suites '$(SUITES)') $(if $(TARGET),--target '$(TARGET)') $(if $(TESTS),--tests '$(TESTS)') \
		$(if $(ALL),--all) $(if $(BUSYBOX),--busybox '$(BUSYBOX)') $(if $(V),--verbose)

# Results of any number of runs, given as folders and files, in one report.
FROM ?= $(BUILD)/results
.PHONY: report
report:
	$(Q)$(PYTHON) tools/merge.py $(FROM)

# Puts faults into the reference kernel, each of which the suite has to find.
.PHONY: faults
faults: packages-run $(BUILD)/rules.made
	+$(Q)$(BUILT) selftests-arm faults-arm
	$(Q)$(PYTHON) scripts/faults.py $(if $(FAULTS),--faults '$(FAULTS)') \
		$(if $(BUSYBOX),--busybox '$(BUSYBOX)') $(if $(V),--verbose)

# Mutants of the reference kernel, or of arm64's vgic.
.PHONY: mutants
mutants: packages-mutants $(BUILD)/rules.made
	+$(Q)needs=$$($(PYTHON) scripts/run.py --needs --target '$(or $(TARGET),armv7-ref)') && \
		$(BUILT) $$needs
	$(Q)$(PYTHON) scripts/run_mutants.py $(if $(TARGET),--target '$(TARGET)') \
		$(if $(N),--number '$(N)') $(if $(SEED),--seed '$(SEED)') \
		$(if $(FILES),--files '$(FILES)') $(if $(FRESH),--fresh) \
		$(if $(BUSYBOX),--busybox '$(BUSYBOX)') $(if $(V),--verbose)

# ---- commands ----

# Which targets, with which kernel and module.
CHOICE = $(foreach t,$(TARGET),--target '$(t)') \
	$(if $(KERNEL),--kernel '$(KERNEL)') \
	$(if $(MODULE),--module '$(MODULE)')

# run.py calls make to build what its targets need. Meanwhile it fetches the rest, and runs the
# targets that are ready.
BUILDER = $(MAKE) $(QUIET) -f scripts/build.mk BUILD='$(BUILD)'

.PHONY: run
run: packages-python $(BUILD)/rules.made
	$(Q)$(PYTHON) scripts/run.py --install --make "$(BUILDER)" $(CHOICE) \
		$(if $(TESTS),--tests '$(TESTS)') \
		$(if $(SEED),--append 'race_seed=$(SEED)') \
		$(if $(BUSYBOX),--busybox '$(BUSYBOX)') $(if $(QEMU),--qemu '$(QEMU)') \
		--accel '$(ACCEL)' $(if $(V),--verbose)

# Only for use without `make run`, which builds the modules of its targets itself.
.PHONY: module
module: packages-run
	$(Q)$(PYTHON) scripts/run.py --modules $(CHOICE)

# The time of hostile_guest and hostile_vmm, in seconds: each gets a quarter of it on each of two
# kernels. All of them get the same seed, so that one command repeats the run.
SOAK ?= 600
.PHONY: soak soak-numbers
soak-numbers:
	$(Q)[ '$(SOAK)' -ge 40 ] 2>/dev/null && [ '$(SOAK)' -le 6000 ] || { \
		echo "SOAK: expected seconds from 40 to 6000, got '$(SOAK)'" >&2; exit 2; }
	$(Q)[ '$(or $(SEED),0)' -ge 0 ] 2>/dev/null || { \
		echo "SEED: expected the number that a run printed, got '$(SEED)'" >&2; exit 2; }
soak: soak-numbers packages-run
	+$(Q)$(BUILT) hostile-arm
	$(Q)seed='$(SEED)'; [ "$$seed" ] || seed=$$(od -An -N4 -tu4 /dev/urandom | tr -d ' '); \
	echo "SOAK=$(SOAK) SEED=$$seed" >&2; \
	$(PYTHON) scripts/run.py --target armv7-hostile --target armv7-hostile-6.12 \
		--append "hostile=$$(($(SOAK) / 4)) hostile_seed=$$seed" \
		$(if $(BUSYBOX),--busybox '$(BUSYBOX)') $(if $(V),--verbose) || { \
		status=$$?; \
		echo "to repeat it: make soak SOAK=$(SOAK) SEED=$$seed" >&2; exit $$status; }

# Measures operations; on an ARM machine with /dev/kvm, those of its own KVM.
BENCH_ARCHES := $(if $(TARGET),$(if $(findstring arm64,$(TARGET)),arm64) $(if $(findstring armv7,$(TARGET)),arm),arm64 arm)
BENCH_HERE := $(and $(NATIVE),$(wildcard /dev/kvm),$(filter native,$(or $(MODE),native)))
.PHONY: bench bench-baseline bench-programs
bench-programs: packages-run $(if $(filter armv7-workloads,$(TARGET)),packages-native) $(BUILD)/rules.made
	+$(Q)$(BUILT) $(addprefix bench-,$(if $(BENCH_HERE),$(NATIVE),$(BENCH_ARCHES))) \
		$(if $(filter armv7-workloads,$(TARGET)),workloads-arm)
bench bench-baseline: bench-programs
	$(Q)$(PYTHON) scripts/run_bench.py $(if $(MODE),--mode '$(MODE)') \
		$(foreach t,$(TARGET),--target '$(t)') $(if $(KERNEL),--kernel '$(KERNEL)') \
		$(if $(MODULE),--module '$(MODULE)') $(if $(TESTS),--tests '$(TESTS)') \
		$(if $(BASE),--base '$(BASE)') $(if $(THRESHOLD),--threshold '$(THRESHOLD)') \
		$(if $(BENCH_HERE),--program '$(BUILD)/bench/$(NATIVE)/bench') \
		$(if $(filter bench-baseline,$@),--baseline) \
		$(if $(BUSYBOX),--busybox '$(BUSYBOX)') $(if $(V),--verbose)

# Linux as a guest, as in `make run`, for half an hour.
.PHONY: guest-soak
guest-soak: override TARGET := $(or $(TARGET),armv7-linux-soak)
guest-soak: packages-run $(BUILD)/rules.made
	+$(Q)needs=$$($(NEEDS)) && $(BUILT) $$needs
	$(Q)$(PYTHON) scripts/run.py $(foreach t,$(TARGET),--target '$(t)') \
		$(if $(TESTS),--tests '$(TESTS)') $(if $(BUSYBOX),--busybox '$(BUSYBOX)') \
		$(if $(V),--verbose)

# As in `make run`, but with a new seed each time, and far more calls and accesses: OPS, or the
# numbers in targets.toml.
FUZZ_TARGETS := $(or $(TARGET),armv7-fuzz arm64-gicv2-fuzz arm64-gicv3-fuzz)
FUZZ_TESTS := model.sequences,accesses.sequences
FUZZ_ARCHES := $(if $(filter arm64%,$(FUZZ_TARGETS)),arm64) $(if $(filter armv7%,$(FUZZ_TARGETS)),arm)
.PHONY: fuzz fuzz-numbers fuzz-programs
fuzz-numbers:
	$(Q)[ '$(or $(OPS),1)' -ge 1 ] 2>/dev/null || { \
		echo "OPS: expected how many calls and accesses to make, got '$(OPS)'" >&2; exit 2; }
	$(Q)[ '$(or $(SEED),1)' -ge 1 ] 2>/dev/null && [ '$(or $(SEED),1)' -lt 4294967296 ] || { \
		echo "SEED: expected the number that a run printed, got '$(SEED)'" >&2; exit 2; }
	$(Q)[ '$(words $(filter-out %-fuzz %-fuzz-6.12,$(FUZZ_TARGETS)))' -eq 0 ] || { \
		echo "TARGET: expected targets such as armv7-fuzz, got '$(TARGET)'; make lists them" >&2; exit 2; }
fuzz-programs: fuzz-numbers packages-run $(BUILD)/rules.made
	+$(Q)$(BUILT) $(addprefix fuzz-,$(FUZZ_ARCHES))
fuzz: fuzz-programs
	$(Q)seed='$(SEED)'; [ "$$seed" ] || seed=$$(od -An -N4 -tu4 /dev/urandom | tr -d ' '); \
	[ "$$seed" != 0 ] || seed=1; \
	echo "SEED=$$seed" >&2; \
	$(PYTHON) scripts/run.py $(foreach t,$(FUZZ_TARGETS),--target '$(t)') \
		$(if $(KERNEL),--kernel '$(KERNEL)') $(if $(MODULE),--module '$(MODULE)') \
		--tests '$(or $(TESTS),$(FUZZ_TESTS))' \
		--append "$(if $(OPS),fuzz_ops=$(OPS) fuzz_accesses=$(OPS) )fuzz_seed=$$seed" \
		$(if $(BUSYBOX),--busybox '$(BUSYBOX)') $(if $(V),--verbose) || { \
		status=$$?; \
		echo "to repeat it: make fuzz SEED=$$seed$(if $(OPS), OPS=$(OPS))$(if $(TESTS), TESTS='$(TESTS)')$(if $(TARGET), TARGET='$(TARGET)')$(if $(KERNEL), KERNEL=$(KERNEL))" >&2; \
		exit $$status; }

# The first call builds the debug kernel, which takes some minutes.
.PHONY: debug-kernel
debug-kernel: packages-debug $(BUILD)/rules.made
	+$(Q)$(BUILT) selftests-arm hostile-arm
	$(Q)$(PYTHON) scripts/run.py --target armv7-debug --target armv7-debug-hostile \
		$(if $(TESTS),--tests '$(TESTS)') \
		$(if $(BUSYBOX),--busybox '$(BUSYBOX)') $(if $(V),--verbose)

# Fetches and builds everything first, so that no test waits for the network or for a build.
.PHONY: check check-long
ifneq ($(FAST),)
check: packages-check $(BUILD)/rules.made
	+$(Q)$(BUILT) selftests-arm64 selftests-arm
	$(Q)$(PYTHON) tests/check.py --fast $(CHECKS)
else
check check-long: packages-check $(BUILD)/rules.made
	+$(Q)needs=$$($(PYTHON) scripts/run.py --needs) && $(BUILT) $$needs $(addprefix bench-,$(BENCH_ARCHES))
	$(Q)$(PYTHON) scripts/fetch.py ksrc --suite trixie-backports >/dev/null
	$(Q)$(PYTHON) scripts/run.py --prepare
	$(Q)$(PYTHON) scripts/fetch.py kernel --arch arm64 --suite bookworm-backports >/dev/null
	$(Q)$(PYTHON) tests/check.py $(if $(filter check-long,$@),--long) $(CHECKS)
endif

# Runs targets while the host is disturbed as if it were busy.
NOISE_TARGETS = $(or $(TARGET),arm64-gicv2 arm64-gicv3 armv7-ref armv7-ref-6.12)
NOISE_CHOICE = $(foreach t,$(NOISE_TARGETS),--target '$(t)')
.PHONY: noise
noise: packages-run $(BUILD)/rules.made
	+$(Q)needs=$$($(PYTHON) scripts/run.py --needs $(NOISE_CHOICE)) && $(BUILT) $$needs
	$(Q)$(PYTHON) scripts/run_noise.py $(NOISE_CHOICE) \
		$(if $(KINDS),--kinds '$(KINDS)') $(if $(RUNS),--runs '$(RUNS)') \
		$(if $(SEED),--seed '$(SEED)') $(if $(TESTS),--tests '$(TESTS)')

# Files for a LAVA lab; LAVA= may hold more options of scripts/lava_jobs.py.
.PHONY: lava check-lava
lava: packages-run $(BUILD)/rules.made
	+$(Q)$(BUILT) selftests-arm64 selftests-arm hostile-arm
	$(Q)$(PYTHON) scripts/lava_jobs.py $(foreach t,$(TARGET),--target '$(t)') \
		$(foreach k,$(KERNEL),--kernel '$(k)') $(if $(MODULE),--module '$(MODULE)') \
		$(if $(DTB),--dtb '$(DTB)') $(if $(ROOTFS),--rootfs '$(ROOTFS)') \
		$(if $(TESTS),--tests '$(TESTS)') $(if $(LAVA_URL),--url '$(LAVA_URL)') \
		$(if $(BUSYBOX),--busybox '$(BUSYBOX)') $(LAVA)

check-lava: packages-lava $(BUILD)/rules.made
	+$(Q)$(BUILT) hostile-arm $(addprefix bench-,$(BENCH_ARCHES))
	$(Q)$(PYTHON) tests/check_lava.py $(CHECKS)

.PHONY: coverage
coverage: packages-check
	$(Q)$(PYTHON) tests/coverage.py

# Debian packages: the module for DKMS, the tests and vgic-run for armhf and arm64.
.PHONY: deb check-deb
deb: packages-deb $(BUILD)/rules.made
	+$(Q)$(BUILT) selftests-arm64 selftests-arm vgic-run-arm64 vgic-run-arm
	$(Q)$(PYTHON) scripts/deb.py

# Installs the packages in a Debian for 32-bit ARM that runs in QEMU.
check-deb: packages-check-deb $(BUILD)/rules.made
	+$(Q)$(BUILT) selftests-arm vgic-run-arm
	$(Q)$(PYTHON) scripts/check_deb.py $(if $(V),--verbose)

# Runs `make kselftest` in a Debian for arm64 that runs in QEMU.
.PHONY: check-arm
check-arm: packages-check-arm
	$(Q)$(PYTHON) scripts/check_arm.py $(if $(V),--verbose)

.PHONY: kselftest
ifneq ($(NATIVE),)
kselftest: packages-native $(BUILD)/rules.made
	+$(Q)$(BUILT) selftests-$(NATIVE)
	$(Q)sh selftests/run_all.sh '$(SELFTESTS)/$(NATIVE)'
else
kselftest:
	@echo "make kselftest: expected an ARM machine, got $(MACHINE): this command tests the machine's own /dev/kvm." >&2
	@echo "'make run' tests KVM in emulated ARM machines, on any machine." >&2
	@exit 2
endif

.PHONY: clean distclean
clean:
	$(Q)rm -rf $(foreach made,rules.made selftests hostile vgic-run guest guest_linux guest_soak \
		fuzz bench workloads results report unit initramfs deb check-deb lava check-lava module dtb \
		faults mypy,'$(BUILD)/$(made)')

distclean:
	$(Q)rm -rf '$(BUILD)'
