# SPDX-License-Identifier: GPL-2.0-only
#
# Builds programs and modules that other commands need. The top Makefile and scripts/run.py call
# this Makefile with goals and a job for each CPU; `scripts/run.py --needs` prints the goals that a
# target needs. The caller sets KSRC, BUILD, PYTHON and CROSS_*, and KERNEL if the user did.
#
#   selftests-ARCH                the suite
#   hostile-arm, faults-arm       programs of tests/refkernel
#   vgic-run-ARCH                 the VMM
#   guest_linux-ARCH, guest_soak-ARCH    programs that boot Linux in the VMM
#   workloads-arm                 a benchmark that boots Linux, and its plugin for QEMU
#   fuzz-ARCH, bench-ARCH         the suite's fuzzer, or its benchmarks, alone
#   module-TARGET                 the reference kernel's module for a target's kernel
#
# ARCH is arm64 or arm. A goal that runs another Makefile holds a lock, in case two builds run at
# once.

SELFTESTS := $(BUILD)/selftests
DEBIAN_arm64 := arm64
DEBIAN_arm := armhf

LOCKED = mkdir -p '$(BUILD)' && flock '$(BUILD)/.lock-$@' $(MAKE)

ARCHES := arm64 arm
GOALS := $(foreach arch,$(ARCHES),$(addsuffix -$(arch), \
	selftests vgic-run guest_linux guest_soak fuzz bench)) hostile-arm faults-arm \
	workloads-arm
.PHONY: $(GOALS)

selftests-arm64 selftests-arm: selftests-%:
	@mkdir -p '$(SELFTESTS)/$*'
	+@$(LOCKED) -C selftests ARCH=$* CROSS_COMPILE=$(CROSS_$*) KSRC='$(KSRC)' \
		OUTPUT='$(SELFTESTS)/$*' PROGRESS='building the tests for $*' all

hostile-arm: PROGRAMS := hostile_guest hostile_vmm hostile_memory
hostile-arm: LIMIT := 1800
faults-arm: PROGRAMS := cpu memory leaks
faults-arm: LIMIT := 120
hostile-arm faults-arm: %-arm: selftests-arm
	+@$(LOCKED) -C tests/refkernel CROSS_COMPILE=$(CROSS_arm) KSRC='$(KSRC)' \
		OUTPUT='$(BUILD)/$*/arm' PROBE='$(SELFTESTS)/arm/probe' \
		PROGRAMS='$(PROGRAMS)' LIMIT=$(LIMIT)

vgic-run-arm64 vgic-run-arm: vgic-run-%:
	+@libfdt=$$($(PYTHON) scripts/fetch.py libfdt --arch $(DEBIAN_$*)) && \
	$(LOCKED) -C vgic-run CROSS_COMPILE=$(CROSS_$*) KSRC='$(KSRC)' \
		LIBFDT="$$libfdt" OUTPUT='$(BUILD)/vgic-run/$*'

define LINUX_PROGRAM
guest_linux-$(1) guest_soak-$(1) $(if $(filter arm,$(1)),workloads-arm): %-$(1): \
		vgic-run-$(1) selftests-$(1)
	+@$$(LOCKED) -C tests/guest_linux ARCH=$(1) CROSS_COMPILE=$(CROSS_$(1)) KSRC='$(KSRC)' \
		OUTPUT='$(BUILD)' PROBE='$(SELFTESTS)/$(1)/probe' PROGRAMS='$$*'
endef
$(foreach arch,$(ARCHES),$(eval $(call LINUX_PROGRAM,$(arch))))

workloads-arm: $(BUILD)/workloads/instructions.so
$(BUILD)/workloads/instructions.so: scripts/plugin/instructions.c
	@mkdir -p '$(@D)'
	@cc -shared -fPIC -O2 -Wall -Wextra -Werror -Wno-unused-parameter -fvisibility=hidden \
		-o '$@'.$$$$ $< && mv '$@'.$$$$ '$@'

# Copies of some of the suite's programs in a folder of their own, with a limit in seconds.
define ALONE
fuzz-$(1): ALONE := fuzz fuzz_guest
fuzz-$(1): LIMIT := 3600
bench-$(1): ALONE := bench
bench-$(1): LIMIT := 900
fuzz-$(1) bench-$(1): %-$(1): selftests-$(1)
	@mkdir -p '$(BUILD)/$$*/$(1)' && cd '$(BUILD)/$$*/$(1)' && \
	for name in probe $$(ALONE); do \
		cmp -s "$(SELFTESTS)/$(1)/$$$$name" "$$$$name" || { \
		cp "$(SELFTESTS)/$(1)/$$$$name" "$$$$name.$$$$$$$$.new" && \
		mv "$$$$name.$$$$$$$$.new" "$$$$name"; } || exit; \
	done && printf '%s $$(LIMIT)\n' $$(ALONE) >programs.$$$$$$$$.new && \
		mv programs.$$$$$$$$.new programs
endef
$(foreach arch,$(ARCHES),$(eval $(call ALONE,$(arch))))

MODULES := $(filter module-%,$(MAKECMDGOALS))
.PHONY: $(MODULES)
ifneq ($(MODULES),)
$(MODULES): module-%:
	@$(PYTHON) scripts/run.py --modules --target '$*' $(if $(KERNEL),--kernel '$(KERNEL)') >/dev/null
endif
