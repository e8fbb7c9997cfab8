# SPDX-License-Identifier: GPL-2.0-only
"""The reference kernel's pure logic on this machine: unit tests, seeded faults, a fuzzer.

    test_pure.py                    as any other test; each C test is one result
    test_pure.py --fuzz NAME [ARG...]   one fuzzer alone, with libFuzzer's arguments

Subjects are rows of SUBJECTS: `tests/unit/test_<subject>.c` tests the sources that
stand there, under ASan and UBSan. Faults are rows of FAULTS: each changes one place
of a source, and some unit test of that subject has to fail for it.
"""

from __future__ import annotations

import functools
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import unittest
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests import marks

BUILD = Path(os.environ.get("BUILD", ROOT / "build"))

# What tests/unit/test_<subject>.c tests: the first, and what that needs. The fuzzers
# have all of it.
SUBJECTS = {
    "memslots": ("virt/kvm/memslots.c",),
    "device_address": ("virt/kvm/device_address.c",),
    "mmio": ("arch/arm/kvm/mmio.c",),
    "psci": ("arch/arm/kvm/psci.c",),
    "exception": ("arch/arm/kvm/exception.c",),
    "gicd": ("virt/kvm/arm/gicd.c", "virt/kvm/arm/gic_irq.c"),
    "gic_irq": ("virt/kvm/arm/gic_irq.c",),
    "gicc_saved": ("virt/kvm/arm/gicc_saved.c", "virt/kvm/arm/gic_irq.c"),
    "timer_state": ("include/kvm/timer_state.h",),
}

# The kernel, too, does not mind parameters that a table's type asks for.
WARNINGS = ("-Wall", "-Wextra", "-Wno-unused-parameter", "-Werror")
SANITIZERS = ("-fsanitize=address,undefined", "-fno-sanitize-recover=all")
TESTED = ("-std=gnu11", "-O1", "-g", *WARNINGS, *SANITIZERS)
# Faults are looked for by what comes out, and there are many of them.
FAULTY = ("-std=gnu11", "-O0", "-w")

# Seconds of CPU time, for a fault that makes a loop endless: also in the processes
# that the harness starts, each of which is a process group of its own.
CPU_LIMIT_S = 10
WALL_LIMIT_S = 300


def kernel_source() -> str:
    if os.environ.get("KSRC"):
        return os.environ["KSRC"]
    fetch = [sys.executable, str(ROOT / "scripts/fetch.py"), "ksrc"]
    return subprocess.run(fetch, check=True, capture_output=True, text=True).stdout.strip()


@functools.cache
def includes() -> tuple[str, ...]:
    """Ours first. The kernel's are not ours to be strict with, hence -isystem."""
    tools = f"{kernel_source()}/tools"
    ours = ("tests/unit/include", "arch/arm/include/uapi", "include", "include/uapi",
            "arch/arm/kvm", "tests/unit")
    return (*(f"-I{folder}" for folder in ours),
            "-isystem", f"{tools}/include", "-isystem", f"{tools}/testing/selftests")


def compiled(sources: Iterable[str]) -> list[str]:
    """What of them a compiler is given; headers come in by themselves."""
    return [source for source in dict.fromkeys(sources) if source.endswith(".c")]


def signature(path: Path) -> list[int]:
    """What changes with a file; nothing if there is none."""
    try:
        status = path.stat()
    except OSError:
        return []
    return [status.st_size, status.st_mtime_ns]


def compile_to(output: Path, command: list[str]) -> None:
    """Runs the compiler in ROOT, unless all is as it was when it did so the last time; what
    was there stays until the new one is whole.
    """
    output.parent.mkdir(parents=True, exist_ok=True)
    known = Path(f"{output}.made")
    inputs = [word for word in command if not word.startswith("-")]
    try:
        made = json.loads(known.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        made = {}
    if made.get("command") == command and made["output"] == signature(output) != [] and all(
            signature(ROOT / name) == there for name, there in made["files"].items()):
        return
    with tempfile.TemporaryDirectory(dir=output.parent) as name:
        folder = Path(name)
        # gcc adds what it includes to the list, of several sources as well; clang has but -MD.
        includes = folder / "includes"
        listed = ["-MD", "-MF", str(includes)] if command[0] == "clang" and "-c" in command else []
        ran = subprocess.run([*command, *listed, "-o", f"{folder}/new"], cwd=ROOT, text=True,
                             env={**os.environ, "SUNPRO_DEPENDENCIES": str(includes)},
                             capture_output=True, check=False)
        if ran.returncode:
            raise AssertionError(f"expected to compile, got:\n{ran.stderr}repeat: cd {ROOT} && "
                                 f"{' '.join([*command, '-o', str(output)])}")
        names = {name for name in inputs if (ROOT / name).is_file()}
        if includes.is_file():
            names.update(word for word in includes.read_text(encoding="utf-8").split()
                         if word != "\\" and not word.endswith(":"))
        known.unlink(missing_ok=True)
        os.replace(folder / "new", output)
        (folder / "made").write_text(json.dumps({
            "command": command, "output": signature(output),
            "files": {name: signature(ROOT / name) for name in sorted(names)}}), encoding="utf-8")
        os.replace(folder / "made", known)


def run_limited(command: list[str], limit_s: int = CPU_LIMIT_S) -> tuple[int, str]:
    """Status and output, in the order in which it was written."""
    # A second more, so that SIGXCPU comes first, and says what it was.
    limited = ["prlimit", f"--cpu={limit_s}:{limit_s + 1}", "--core=0", *command]
    with subprocess.Popen(limited, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, errors="replace", start_new_session=True) as process:
        try:
            output, _ = process.communicate(timeout=WALL_LIMIT_S)
        except BaseException as error:
            os.killpg(process.pid, signal.SIGKILL)
            if not isinstance(error, subprocess.TimeoutExpired):
                raise
            output, _ = process.communicate()
            output += f"\nexpected to end within {WALL_LIMIT_S} s"
    return process.returncode, output


# ---- unit tests ----


def tests_in(source: Path) -> list[str]:
    """Names as the harness prints them: fixture.test, or global.test."""
    text = source.read_text(encoding="utf-8")
    found = re.findall(r"^TEST(?:_F)?\((?:(\w+),\s*)?(\w+)\)$", text, re.MULTILINE)
    return [f"{fixture or 'global'}.{test}" for fixture, test in found]


class Results:
    """Of one run of one program: for each test, whether it passed and what it said."""

    def __init__(self, output: str) -> None:
        self.passed: dict[str, bool] = {}
        self.said: dict[str, list[str]] = {}
        self.lines = output.splitlines()
        said: list[str] = []
        for line in self.lines:
            match = re.match(r"(not )?ok \d+ (?:# SKIP )?(\S+)", line)
            if match:
                self.passed[match[2]] = not match[1]
                self.said[match[2]] = said
            elif re.match(r"#  RUN  ", line):
                said = []
            else:
                said.append(line)


def unit_source(subject: str) -> Path:
    return ROOT / f"tests/unit/test_{subject}.c"


@functools.cache
def unit_results(subject: str) -> Results:
    program = BUILD / f"unit/pure_{subject}"
    compile_to(program, ["gcc", *TESTED, *includes(), str(unit_source(subject).relative_to(ROOT)),
                         *compiled(SUBJECTS[subject])])
    return Results(run_limited([str(program)])[1])


def unit_test(subject: str, name: str) -> Callable[[unittest.TestCase], None]:
    def test(self: unittest.TestCase) -> None:
        results = unit_results(subject)
        if name not in results.passed:
            self.fail(f"expected a result of {name}, got none; the program's last words:\n"
                      + "\n".join(results.lines[-20:]))
        if not results.passed[name]:
            self.fail("\n".join([f"expected {name} to pass, got:", *results.said[name],
                                 f"alone: {BUILD}/unit/pure_{subject}"]))

    return test


class Compiling(unittest.TestCase):
    """compile_to() compiles what is not as it was."""

    def test_again_if_anything_changed(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            files = {"a.c": '#include "a.h"\nint main(void) { return A + b(); }\n',
                     "a.h": "#define A 1\nint b(void);\n", "b.h": "#define B 2\n",
                     "b.c": '#include "b.h"\nint b(void) { return B; }\n'}
            for file, text in files.items():
                (folder / file).write_text(text)
            program = folder / "program"
            for compiler in ("gcc", "clang"):
                command = [compiler, "-w", f"{folder}/a.c", f"{folder}/b.c"]
                if compiler == "clang":
                    compile_to(folder / "a.o", ["clang", "-c", command[2]])
                    compile_to(folder / "b.o", ["clang", "-c", command[3]])
                    command = ["clang", f"{folder}/a.o", f"{folder}/b.o"]
                compile_to(program, command)
                self.assertEqual(3, subprocess.run([program], check=False).returncode)
                made = program.stat().st_ino
                compile_to(program, command)
                self.assertEqual(made, program.stat().st_ino)
            for file in files:
                command = ["gcc", "-w", f"{folder}/a.c", f"{folder}/b.c"]
                compile_to(program, command)
                made = program.stat().st_ino
                with (folder / file).open("a") as out:
                    out.write("/* more */\n")
                compile_to(program, command)
                self.assertNotEqual(made, program.stat().st_ino, file)
                object_ = folder / "a.o"
                compile_to(object_, ["clang", "-c", f"{folder}/a.c"])
            made = object_.stat().st_ino
            (folder / "a.h").write_text(files["a.h"] + "#define C\n")
            compile_to(object_, ["clang", "-c", f"{folder}/a.c"])
            self.assertNotEqual(made, object_.stat().st_ino)
            made = program.stat().st_ino
            compile_to(program, [*command, "-O1"])
            self.assertNotEqual(made, program.stat().st_ino)
            program.write_bytes(b"")
            compile_to(program, [*command, "-O1"])
            self.assertGreater(program.stat().st_size, 0)


class Unit(unittest.TestCase):
    """What holds for all subjects; each has a class of its own behind it."""

    def test_every_source_has_its_row(self) -> None:
        sources = (ROOT / "tests/unit").glob("test_*.c")
        on_disk = {path.stem.removeprefix("test_") for path in sources}
        self.assertEqual(set(SUBJECTS), on_disk)


def unit_class(subject: str) -> type[unittest.TestCase]:
    def test_reports_what_its_source_says(self: unittest.TestCase) -> None:
        self.assertEqual(sorted(tests_in(unit_source(subject))),
                         sorted(unit_results(subject).passed))

    tests = {f"test_{name.removeprefix('global.').replace('.', '_')}": unit_test(subject, name)
             for name in tests_in(unit_source(subject))}
    name = f"Unit_{subject}"
    return type(name, (unittest.TestCase,), {
        "__module__": __name__, **tests,
        "test_reports_what_its_source_says": test_reports_what_its_source_says})


# ---- seeded faults ----


class Fault(NamedTuple):
    """`old`, which is there once, becomes `new`; some test of the subject has to fail."""

    subject: str
    name: str
    old: str
    new: str


FAULTS = (
    Fault("memslots", "find_takes_end",
          "gpa - slot->gpa < slot->size", "gpa - slot->gpa <= slot->size"),
    Fault("memslots", "find_misses_first_byte", "->gpa <= gpa)", "->gpa < gpa)"),
    Fault("memslots", "touching_overlaps",
          "slot->gpa + slot->size > gpa;", "slot->gpa + slot->size >= gpa;"),
    Fault("memslots", "overlap_looks_one_page_too_far", "gpa + size - 1);", "gpa + size);"),
    Fault("memslots", "slot_overlaps_itself", "if (slot == except)", "if (0)"),
    Fault("memslots", "overlap_ends_at_itself", "\t\t\tcontinue;", "\t\t\treturn false;"),
    Fault("memslots", "one_id_too_many",
          "region->slot >= MEMSLOTS_MAX", "region->slot > MEMSLOTS_MAX"),
    Fault("memslots", "flags_unchecked", "if (region->flags & ~(u32)MEMSLOT_FLAGS)", "if (0)"),
    Fault("memslots", "backing_may_be_misaligned", "(gpa | hva | size)", "(gpa | size)"),
    Fault("memslots", "size_may_be_misaligned", "(gpa | hva | size)", "(gpa | hva)"),
    Fault("memslots", "page_count_too_big", "0x7fffffffULL", "0x80000000ULL"),
    Fault("memslots", "wraps", "if (gpa + size < gpa)", "if (0)"),
    Fault("memslots", "backing_may_straddle", " || size > limits->hva_end - hva", ""),
    Fault("memslots", "backing_may_not_touch_end",
          "hva > limits->hva_end ||", "hva >= limits->hva_end ||"),
    Fault("memslots", "delete_of_nothing", "old ? MEMSLOT_DELETE : -EINVAL", "MEMSLOT_DELETE"),
    Fault("memslots", "resized", "old->size != size || ", ""),
    Fault("memslots", "flags_change",
          "old->hva != hva ||\n\t\t    old->flags != region->flags", "old->hva != hva"),
    Fault("memslots", "same_is_moved", "if (old->gpa == gpa)", "if (0)"),
    Fault("memslots", "last_page_refused",
          "gpa + size > limits->gpa_end", "gpa + size >= limits->gpa_end"),
    Fault("memslots", "only_begin_within_limit",
          "gpa + size > limits->gpa_end", "gpa > limits->gpa_end"),
    Fault("memslots", "limit_before_overlap",
          "if (overlaps(",
          "if (gpa + size > limits->gpa_end)\n\t\treturn -EFAULT;\n\tif (overlaps("),
    Fault("memslots", "insert_not_sorted", "upper_bound(slots, slot->gpa);", "slots->count;"),
    Fault("memslots", "remove_takes_neighbour",
          "upper_bound(slots, slot->gpa) - 1", "upper_bound(slots, slot->gpa) % slots->count"),
    Fault("device_address", "device_unchecked", "if (device != KVM_ARM_DEVICE_VGIC_V2)", "if (0)"),
    Fault("device_address", "absent_and_early_swapped",
          "!context->present)\n\t\treturn -ENXIO;\n\tif (!context->created)\n\t\treturn -ENODEV;",
          "!context->created)\n\t\treturn -ENODEV;\n\tif (!context->present)\n\t\treturn -ENXIO;"),
    Fault("device_address", "early_accepted", "if (!context->created)", "if (0)"),
    Fault("device_address", "one_type_too_many",
          "type >= DEVICE_ADDRESS_TYPES", "type > DEVICE_ADDRESS_TYPES"),
    Fault("device_address", "type_has_8_bits", "id & KVM_ARM_DEVICE_TYPE_MASK", "id & 0xff"),
    Fault("device_address", "may_be_moved",
          "addrs->base[type] != DEVICE_ADDRESS_UNSET)\n\t\treturn", "0)\n\t\treturn"),
    Fault("device_address", "zero_is_unset",
          "addrs->base[type] != DEVICE_ADDRESS_UNSET)\n\t\treturn",
          "addrs->base[type] + 1 > 1)\n\t\treturn"),
    Fault("device_address", "alignment_after_limit", "if (addr & (DEVICE_ADDRESS_ALIGN - 1))",
          "if (addr >= end)\n\t\treturn -E2BIG;\n\tif (addr & (DEVICE_ADDRESS_ALIGN - 1))"),
    Fault("device_address", "alignment_before_twice",
          "if (addrs->base[type] != DEVICE_ADDRESS_UNSET)",
          "if (addr & (DEVICE_ADDRESS_ALIGN - 1))\n\t\treturn -EINVAL;\n"
          "\tif (addrs->base[type] != DEVICE_ADDRESS_UNSET)"),
    Fault("device_address", "alignment_of_2_kib", "0x1000ULL", "0x800ULL"),
    Fault("device_address", "limit_itself_accepted",
          "addr >= end || region_size[type] > end - addr", "addr > end || region_size[type] > end"),
    Fault("device_address", "may_straddle", " || region_size[type] > end - addr", ""),
    Fault("device_address", "last_refused",
          "region_size[type] > end - addr", "region_size[type] >= end - addr"),
    Fault("device_address", "sum_wraps",
          "addr >= end || region_size[type] > end - addr", "addr + region_size[type] > end"),
    Fault("device_address", "touching_is_overlap",
          "dist < cpu + KVM_VGIC_V2_CPU_SIZE", "dist <= cpu + KVM_VGIC_V2_CPU_SIZE"),
    Fault("device_address", "second_page_forgotten",
          "cpu + KVM_VGIC_V2_CPU_SIZE", "cpu + KVM_VGIC_V2_DIST_SIZE"),
    Fault("device_address", "one_address_is_enough",
          "dist == DEVICE_ADDRESS_UNSET || cpu", "dist == DEVICE_ADDRESS_UNSET && cpu"),
    Fault("device_address", "covers_elsewhere", "= addr >> PAGE_SHIFT", "= 0"),
    Fault("device_address", "unset_covers", "addrs->page[type] = DEVICE_PAGE_UNSET",
          "addrs->page[type] = 0"),
    Fault("mmio", "isv_unchecked", "if (!(hsr & HSR_ABT_ISV))", "if (0)"),
    Fault("mmio", "reserved_size", "HSR_ABT_SAS(hsr) > SAS_WORD || ", ""),
    Fault("mmio", "pc", " || HSR_ABT_SRT(hsr) == REG_PC", ""),
    Fault("mmio", "always_little", "cpsr & PSR_E", "false"),
    Fault("mmio", "never_signed", "hsr & HSR_ABT_SSE", "false"),
    Fault("mmio", "big_is_off_by_one", "access->len - 1 - i", "3 - i"),
    Fault("mmio", "sign_of_words_only", "bits < 32 && ", "bits == 32 && "),
    Fault("mmio", "sign_bit_too_high", "value >> (bits - 1)", "value >> bits"),
    Fault("mmio", "sign_extends_the_sign_bit_only", "~0U << bits", "1U << bits"),
    Fault("psci", "mpidr_masked", "if (mpidr & ~MPIDR_AFFINITY)", "if (0)"),
    Fault("psci", "one_vcpu_too_many", "aff >= PSCI_MAX_VCPUS", "(aff & 0xff) >= PSCI_MAX_VCPUS"),
    Fault("psci", "absent_turned_on", " || psci->power[aff] == PSCI_ABSENT", ""),
    Fault("psci", "on_twice", "if (psci->power[target] == PSCI_ON) {", "if (0) {"),
    Fault("psci", "not_marked_on", "\tpsci->power[target] = PSCI_ON;\n", ""),
    Fault("psci", "not_marked_off", "\tpsci->power[caller] = PSCI_OFF;\n", ""),
    Fault("psci", "entry_and_context_swapped",
          "result->entry = args[2]", "result->entry = args[3]"),
    Fault("psci", "no_value_for_old_on",
          "args, PSCI_INVALID_PARAMS, result", "args, PSCI_ALREADY_ON, result"),
    Fault("psci", "level_4", "lowest > 3", "lowest > 4"),
    Fault("psci", "affinity_masked", "lowest > 3 || args[1] & ~MPIDR_AFFINITY", "lowest > 3"),
    Fault("psci", "absent_counts", "psci->power[i] == PSCI_ABSENT || (args", "(args"),
    Fault("psci", "level_ignored", "~0U << (8 * lowest)", "~0U"),
    Fault("psci", "off_wins",
          "if (psci->power[i] == PSCI_ON)\n\t\t\treturn PSCI_LEVEL_ON;",
          "if (psci->power[i] == PSCI_OFF)\n\t\t\treturn PSCI_LEVEL_OFF;"),
    Fault("psci", "constants_of_vcpu_0", "psci_constant(psci->version_0_2[caller]",
          "psci_constant(psci->version_0_2[0]"),
    Fault("exception", "fiq_r12_shared",
          "number >= 8 && bank", "number >= 8 && number < 12 && bank"),
    Fault("exception", "r8_banked_in_every_mode",
          "number >= 8 && bank == &cpu->banked.fiq", "number >= 8 && bank"),
    Fault("exception", "sp_for_lr", "bank ? &bank->lr", "bank ? &bank->sp"),
    Fault("exception", "pc_is_a_register", "number >= 15", "number > 15"),
    Fault("exception", "hi_without_z", "base = c && !z;", "base = c;"),
    Fault("exception", "ge_is_n_or_v", "\t\tbase = n == v;", "\t\tbase = n || v;"),
    Fault("exception", "gt_without_z", "base = n == v && !z;", "base = n == v;"),
    Fault("exception", "odd_conditions_not_inverted", "base != (cond & 1)", "base"),
    Fault("exception", "al_is_inverted",
          "return true;\n\t}\n\treturn base", "base = true;\n\t}\n\treturn base"),
    Fault("exception", "it_low_bits_lost", "| (cpsr >> 25 & 3);", ";"),
    Fault("exception", "it_block_ignored",
          "!it || condition_holds(it >> 4", "true || condition_holds(it >> 4"),
    Fault("exception", "invalid_condition_used", "if (hsr & HSR_CV)", "if (1)"),
    Fault("exception", "aborts_have_conditions", " || HSR_EC(hsr) >= HSR_EC_SVC", ""),
    Fault("exception", "it_not_advanced", "cpu->gp.cpsr = with_it_state(cpu->gp.cpsr, it)",
          "(void)it"),
    Fault("exception", "it_never_ends", "it & 7 ?", "it & 15 ?"),
    Fault("exception", "it_condition_shifted", "it << 1 & 0x1f", "it << 1 & 0xff"),
    Fault("exception", "high_vectors_ignored", "cpu->cp15.sctlr & SCTLR_V ? HIGH_VECTORS : ", ""),
    Fault("exception", "thumb_kept", "PSR_J | PSR_T | PSR_E", "PSR_J | PSR_E"),
    Fault("exception", "endianness_kept", "PSR_J | PSR_T | PSR_E", "PSR_J | PSR_T"),
    Fault("exception", "it_kept", "PSR_MODE | PSR_IT | ", "PSR_MODE | "),
    Fault("exception", "irqs_not_masked", "mode | PSR_I | mask", "mode | mask"),
    Fault("exception", "te_ignored", "cpu->cp15.sctlr & SCTLR_TE", "0"),
    Fault("exception", "ee_ignored", "cpu->cp15.sctlr & SCTLR_EE", "0"),
    Fault("exception", "spsr_is_new", "bank->spsr = old", "bank->spsr = cpsr"),
    Fault("exception", "undefined_lr_in_thumb", "cpu->gp.cpsr & PSR_T ? 2 : 4", "4"),
    Fault("exception", "data_abort_lr", "VECTOR_DATA_ABORT, 8", "VECTOR_DATA_ABORT, 4"),
    Fault("exception", "data_abort_keeps_a", "8, PSR_A", "8, 0"),
    Fault("exception", "undefined_masks_a", "PSR_T ? 2 : 4, 0", "PSR_T ? 2 : 4, PSR_A"),
    Fault("exception", "vectors_swapped",
          "VECTOR_PREFETCH_ABORT	0x0c", "VECTOR_PREFETCH_ABORT	0x10"),
    Fault("exception", "lpae_bit_lost", "return FSR_LPAE | ", "return "),
    Fault("exception", "short_format_always", "cpu->cp15.ttbcr & TTBCR_EAE", "0"),
    Fault("exception", "walk_level_lost", "(0x14 | (level))", "0x14"),
    Fault("exception", "short_levels_swapped", "? 0x0c : 0x0e", "? 0x0e : 0x0c"),
    Fault("exception", "wnr_lost", " | (write ? FSR_WNR : 0)", ""),
    Fault("exception", "ifar_not_set", "\tcpu->cp15.ifar = addr;\n", ""),
    Fault("gicd", "ctlr_of_one_group", "value & (GICD_CTLR_GROUP0 | GICD_CTLR_GROUP1)",
          "value & 1"),
    Fault("gicd", "ctlr_tells_nobody", "gic->ctlr != old ? gic_all_changed(gic) : 0", "0"),
    Fault("gicd", "lines_rounded_down", "(gic->nr_irqs + 31) / 32 - 1", "gic->nr_irqs / 32 - 1"),
    Fault("gicd", "one_cpu_too_many", "(gic->nr_vcpus - 1) << 5", "gic->nr_vcpus << 5"),
    Fault("gicd", "zeros_count", "if (region->w1 && !field)\n\t\t\tcontinue;\n", ""),
    Fault("gicd", "sgis_can_be_disabled",
          "if (!gic_is_sgi(irq))\n\t\tirq->enabled", "irq->enabled"),
    Fault("gicd", "sgis_made_pending",
          "if (!gic_is_sgi(irq))\n\t\tirq->latch = true", "irq->sources = 1"),
    Fault("gicd", "line_is_cleared",
          "if (!gic_is_sgi(irq))\n\t\tirq->latch = false",
          "if (!gic_is_sgi(irq))\n\t\tirq->latch = irq->line = false"),
    Fault("gicd", "active_not_set", "\tirq->active = true;", "\t;"),
    Fault("gicd", "active_not_cleared", "\tirq->active = false;", "\t;"),
    Fault("gicd", "eight_bits_of_priority", "0xf8U", "0xffU"),
    Fault("gicd", "targets_with_one_cpu", "if (gic->nr_vcpus == 1)\n\t\treturn 0;\n\treturn gic_is_private", "return gic_is_private"),
    Fault("gicd", "private_target_of_cpu_0", "? 1U << irq->cpu : irq->targets",
          "? 1U : irq->targets"),
    Fault("gicd", "targets_that_are_absent",
          "irq->targets = value & all_cpus(gic)", "irq->targets = value"),
    Fault("gicd", "sgis_configured", "\tif (!gic_is_private(irq))\n\t\tirq->edge",
          "\tif (irq->intid >= GIC_NR_SGIS)\n\t\tirq->edge"),
    Fault("gicd", "configured_by_bit_0", "irq->edge = value & ICFGR_EDGE", "irq->edge = value & 3"),
    Fault("gicd", "sources_that_are_absent", "irq->sources |= value & all_cpus(gic)",
          "irq->sources |= value"),
    Fault("gicd", "sources_replaced", "irq->sources |= value & all_cpus(gic)",
          "irq->sources = value & all_cpus(gic)"),
    Fault("gicd", "all_sources_cleared", "irq->sources &= ~value", "irq->sources = 0"),
    Fault("gicd", "others_are_all", "targets = ~(1U << cpu);", "targets = 0xff;"),
    Fault("gicd", "self_is_cpu_0", "targets = 1U << cpu;", "targets = 1;"),
    Fault("gicd", "reserved_filter_is_list", "\tcase FILTER_LIST:",
          "\tcase 3:\n\tcase FILTER_LIST:"),
    Fault("gicd", "sender_is_receiver", "irq->sources |= 1U << cpu", "irq->sources |= 1U << i"),
    Fault("gicd", "sgi_tells_nobody",
          "kick_mask |= gic_irq_changed(gic, irq);\n\t}\n\treturn kick_mask;\n}\n\n/* CoreSight",
          "gic_irq_changed(gic, irq);\n\t}\n\treturn kick_mask;\n}\n\n/* CoreSight"),
    Fault("gicd", "architecture_1", "0x90, 0xb4, 0x2b", "0x90, 0xb4, 0x1b"),
    Fault("gicd", "misaligned", "if (offset & (len - 1))", "if (0)"),
    Fault("gicd", "every_width", "return regions[i].widths & len ? &regions[i] : NULL",
          "return &regions[i]"),
    Fault("gicd", "one_field_too_many", "min(*first + len * 8 / region->bits, gic->nr_irqs)",
          "*first + len * 8 / region->bits"),
    Fault("gicd", "enable_region_too_short", "W1(GICD_ISENABLER, GICD_BITS_SIZE", "W1(GICD_ISENABLER, GICD_BITS_SIZE - 4"),
    Fault("gicd", "set_and_clear_pending_swapped",
          "get_sources, clear_sources),",
          "get_sources, set_sources),"),
    Fault("gic_irq", "line_not_pending", "irq->latch || (!irq->edge && irq->line)", "irq->latch"),
    Fault("gic_irq", "edge_follows_line", "irq->latch || (!irq->edge && irq->line)",
          "irq->latch || irq->line"),
    Fault("gic_irq", "disabled_forwarded", "return irq->enabled && gic->ctlr", "return gic->ctlr"),
    Fault("gic_irq", "group_ignored", "gic->ctlr & group && ", ""),
    Fault("gic_irq", "active_moves", "gic_is_private(irq) || (irq->active && irq->cpu != GIC_NO_CPU)",
          "gic_is_private(irq)"),
    Fault("gic_irq", "masked_target", "if (irq->priority < priority_mask(&gic->cpu[cpu]))\n",
          "if (1)\n"),
    Fault("gic_irq", "mask_that_equals", "irq->priority < priority_mask(&gic->cpu[cpu])",
          "irq->priority <= priority_mask(&gic->cpu[cpu])"),
    Fault("gic_irq", "mask_unnoticed", "return changes ? gic_all_changed(gic) &", "return 0 ? gic_all_changed(gic) &"),
    Fault("gic_irq", "word_stays", "cpu->words &= ~(1U << (intid / 32))",
          "(void)0"),
    Fault("gic_irq", "word_forgotten", "cpu->words |= 1U << (intid / 32)",
          "(void)0"),
    Fault("gic_irq", "owner_not_told", "return BIT_OF(irq->owner);", "return 0;"),
    Fault("gic_irq", "falling_edge_latches", "\t\tif (!level)\n\t\t\treturn 0;\n", ""),
    Fault("gic_irq", "least_urgent_first", "return a->priority < b->priority",
          "return a->priority > b->priority"),
    Fault("gic_irq", "highest_number_first", "return a->intid < b->intid",
          "return a->intid > b->intid"),
    Fault("gic_irq", "overflow_unnoticed", "*hcr |= GICH_HCR_UIE | GICH_HCR_LRENPIE", ";"),
    Fault("gic_irq", "overflow_always", "if (n == max)\n", "if (1)\n"),
    Fault("gic_irq", "left_out_for_good", "if (all_pending > has_pending)", "if (0)"),
    Fault("gic_irq", "left_out_always", "if (all_pending > has_pending)", "if (1)"),
    Fault("gic_irq", "active_wakes", "if (!irq->active && irq->priority",
          "if (irq->priority"),
    Fault("gic_irq", "masked_wakes", " && irq->priority < mask", ""),
    Fault("gic_irq", "mask_itself_wakes", "irq->priority < mask", "irq->priority <= mask"),
    Fault("gic_irq", "priority_shifted", "(u32)(irq->priority >> 3) <<",
          "(u32)(irq->priority >> 4) <<"),
    Fault("gic_irq", "group_bit_lost", "\tif (irq->group1)\n\t\tlr |= GICH_LR_GROUP1;\n", ""),
    Fault("gic_irq", "active_lost", "\t\tlr |= GICH_LR_ACTIVE;\n", "\t\t;\n"),
    Fault("gic_irq", "active_source_lost",
          "lr |= (u32)irq->active_source << GICH_LR_CPUID_SHIFT", ";"),
    Fault("gic_irq", "source_stays", "irq->sources &= ~BIT_OF(source);", ""),
    Fault("gic_irq", "all_sources_at_once", "irq->sources &= ~BIT_OF(source);",
          "irq->sources = 0;"),
    Fault("gic_irq", "no_maintenance_for_sources",
          "if (irq->sources)\n\t\t\tlr |= GICH_LR_EOI;", ""),
    Fault("gic_irq", "latch_stays", "\t\t\tirq->latch = false;\n\t\t\tlr |= GICH_LR_PENDING;",
          "\t\t\tlr |= GICH_LR_PENDING;"),
    Fault("gic_irq", "level_pending_beside_active",
          "irq->offered = !irq->active && forwarded(gic, irq)",
          "irq->offered = forwarded(gic, irq)"),
    Fault("gic_irq", "no_maintenance_for_level", "\t\t\t\tGICH_LR_EOI;", "\t\t\t\t0;"),
    Fault("gic_irq", "hardware_not_ended", "irq->hw ? GICH_LR_HW |", "irq->hw ?"),
    Fault("gic_irq", "no_owner", "\t\tirq->owner = cpu;\n", ""),
    Fault("gic_irq", "no_underflow_interrupt", "GICH_HCR_UIE | GICH_HCR_LRENPIE",
          "GICH_HCR_LRENPIE"),
    Fault("gic_irq", "no_entry_interrupt", "GICH_HCR_UIE | GICH_HCR_LRENPIE", "GICH_HCR_UIE"),
    Fault("gic_irq", "owner_stays", "\tirq->owner = GIC_NO_CPU;\n\tirq->active", "\tirq->active"),
    Fault("gic_irq", "active_not_folded", "irq->active = lr & GICH_LR_ACTIVE;", ""),
    Fault("gic_irq", "source_not_folded", "\t\tirq->active_source = source;\n", ""),
    Fault("gic_irq", "untaken_sgi_lost",
          "\t\tif (lr & GICH_LR_PENDING)\n\t\t\tirq->sources |= BIT_OF(source);\n", ""),
    Fault("gic_irq", "untaken_edge_lost", "irq->latch |= !!(lr & GICH_LR_PENDING);", ";"),
    Fault("gic_irq", "latch_never_used_up", "irq->latch = false;	/* acknowledged */", ";"),
    Fault("gic_irq", "latch_used_up_untaken", "else if (irq->offered && !(lr & GICH_LR_PENDING))",
          "else if (irq->offered)"),
    Fault("gic_irq", "who_has_it_forgotten", "irq->cpu = irq->active ? cpu : GIC_NO_CPU",
          "irq->cpu = GIC_NO_CPU"),
    Fault("gic_irq", "eoi_count_ignored", "for (; eois; eois--)", "for (; 0; eois--)"),
    Fault("gic_irq", "counted_eoi_keeps_active", "\tfound->active = false;\n", ""),
    Fault("gic_irq", "counted_eoi_ends_offered", "irq->active && irq->owner == GIC_NO_CPU &&",
          "irq->active &&"),
    Fault("gic_irq", "edges_are_watched", "if (!irq->eoi_notify || irq->edge)", "if (!irq->eoi_notify)"),
    Fault("gic_irq", "all_are_watched", "if (!irq->eoi_notify || irq->edge)", "if (irq->edge)"),
    Fault("gic_irq", "end_told_again", "\t\tgic->deactivated[i / 32] &= ~(1U << (i % 32));\n", ""),
    Fault("gic_irq", "line_stays_after_end", "*kick_mask = gic_set_line(gic, 0, i, false);",
          "*kick_mask = 0;"),
    Fault("gic_irq", "no_target_with_one_cpu",
          "\tif (gic->nr_vcpus == 1)\n\t\treturn 0;\n", ""),
    Fault("gic_irq", "active_fill_all", "if (pending && !has_pending)", "if (0)"),
    Fault("gicc_saved", "mask_not_shifted", ".mask = 0x1f, .shift = 27",
          ".mask = 0xff, .shift = 24"),
    Fault("gicc_saved", "eoimode_lost", "0x21fU", "0x01fU"),
    Fault("gicc_saved", "binary_points_swapped", ".offset = GICC_BPR, .mask = 0x7, .shift = 21",
          ".offset = GICC_BPR, .mask = 0x7, .shift = 18"),
    Fault("gicc_saved", "neighbours_overwritten",
          "((reg->apr ? c->apr : c->vmcr) & ~(reg->mask << reg->shift)) |\n", "\n"),
    Fault("gicc_saved", "not_cleared",
          "((reg->apr ? c->apr : c->vmcr) & ~(reg->mask << reg->shift)) |",
          "(reg->apr ? c->apr : c->vmcr) |"),
    Fault("gicc_saved", "apr_is_vmcr", "if (reg->apr)\n", "if (0)\n"),
    Fault("gicc_saved", "value_not_masked", "(value & reg->mask) << reg->shift",
          "value << reg->shift"),
    Fault("timer_state", "met_later", "return now >= cval", "return now > cval"),
    Fault("timer_state", "mask_ignored",
          "return (ctl & (TIMER_ENABLE | TIMER_IMASK)) == TIMER_ENABLE &&",
          "return ctl & TIMER_ENABLE &&"),
    Fault("timer_state", "fires_when_off",
          "if ((ctl & (TIMER_ENABLE | TIMER_IMASK)) != TIMER_ENABLE ||\n\t    timer_met(cval, now))",
          "if (timer_met(cval, now))"),
    Fault("timer_state", "status_when_off", "return ctl & TIMER_ENABLE && timer_met",
          "return timer_met"),
    Fault("timer_state", "status_can_be_written", "\tctl &= TIMER_ENABLE | TIMER_IMASK;\n", ""),
    Fault("timer_state", "value_without_sign", "(s64)(s32)tval", "tval"),
)


def with_fault(fault: Fault, folder: Path) -> tuple[str, str]:
    """One of the subject's sources, and a copy of it in @folder that has the fault."""
    texts = {source: (ROOT / source).read_text(encoding="utf-8")
             for source in SUBJECTS[fault.subject]}
    count = sum(text.count(fault.old) for text in texts.values())
    if count != 1:
        raise AssertionError(f"fault {fault.name}: expected {fault.old!r} once in "
                             f"{' '.join(texts)}, got it {count} times: "
                             "make FAULTS in tests/test_pure.py fit the source again")
    source = next(source for source, text in texts.items() if fault.old in text)
    copy = folder / Path(source).relative_to(*Path(source).parts[:1])
    copy.parent.mkdir(parents=True)
    copy.write_text(texts[source].replace(fault.old, fault.new), encoding="utf-8")
    return source, str(copy)


@functools.cache
def unit_object(subject: str) -> Path:
    output = BUILD / f"unit/faulty_{subject}.o"
    compile_to(output, ["gcc", *FAULTY, *includes(), "-c",
                        str(unit_source(subject).relative_to(ROOT))])
    return output


def failing_tests(subject: str, replaced: dict[str, str], program: Path) -> list[str]:
    """@replaced: what takes the place of sources."""
    sources = [replaced.get(source, source) for source in compiled(SUBJECTS[subject])]
    # A header is found below the program's folder, which has it as include/ has.
    test = (str(unit_source(subject).relative_to(ROOT))
            if any(source.endswith(".h") for source in replaced) else str(unit_object(subject)))
    compile_to(program, ["gcc", *FAULTY, f"-I{program.parent}", *includes(), test, *sources])
    status, output = run_limited([str(program)])
    passed = Results(output).passed
    failed = [name for name in tests_in(unit_source(subject)) if not passed.get(name)]
    assert bool(status) == bool(failed), f"status {status}, failed {failed}:\n{output}"
    return failed


@functools.cache
def failing_without_fault(subject: str) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        return failing_tests(subject, {}, Path(folder, "program"))


def fault_test(fault: Fault) -> Callable[[unittest.TestCase], None]:
    def test(self: unittest.TestCase) -> None:
        # Otherwise whatever it is that fails would pass for having seen the fault.
        self.assertEqual([], failing_without_fault(fault.subject),
                         "expected no test to fail without the fault")
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            source, copy = with_fault(fault, folder)
            failed = failing_tests(fault.subject, {source: copy}, folder / "program")
        self.assertTrue(failed, f"expected a test of {fault.subject} to fail, got none, with\n"
                                f"  {fault.new!r}\nfor\n  {fault.old!r}")

    return test


@marks.slow
@marks.apart
class Faults(unittest.TestCase):
    """Each seeded fault is noticed by a unit test."""


# So many of them, and one for each subject, are tried by `make check`.
SAMPLE = 6
for _number, _fault in enumerate(FAULTS):
    _test = fault_test(_fault)
    if _number % SAMPLE and _fault.subject == FAULTS[_number - 1].subject:
        _test = marks.long(_test)
    setattr(Faults, f"test_{_fault.subject}_{_fault.name}", _test)


# ---- the fuzzers ----


class Target(NamedTuple):
    """tests/fuzz/<name>.c, with all subjects' sources."""

    runs: int
    # Outcomes that it counts; all have to be reached.
    outcomes: int
    # Faults that are found within the short run: the model has teeth, too.
    faults: tuple[tuple[str, str], ...]


TARGETS = {
    "ioctls": Target(20_000, 25, (
        ("memslots", "touching_overlaps"),
        ("memslots", "only_begin_within_limit"),
        ("device_address", "may_be_moved"),
        ("mmio", "sign_bit_too_high"),
        ("psci", "absent_turned_on"),
        ("exception", "it_never_ends"),
    )),
    "gic": Target(1_500, 15, (
        ("gicd", "targets_that_are_absent"),
        ("gicd", "one_field_too_many"),
        ("gic_irq", "disabled_forwarded"),
        ("gic_irq", "no_owner"),
        ("gic_irq", "owner_stays"),
        ("gic_irq", "line_stays_after_end"),
        ("gicc_saved", "neighbours_overwritten"),
    )),
}
FUZZ_SEED = 1
# Long sequences from the start: short ones get nowhere.
SEEDS, SEED_BYTES = 32, 1024
FUZZED = ("clang", "-std=gnu11", "-O1", "-g", *WARNINGS, "-fsanitize=fuzzer,address,undefined",
          "-fno-sanitize-recover=all")


def fuzz_object(source: str, output: Path) -> Path:
    compile_to(output, [*FUZZED, *includes(), "-c", source])
    return output


@functools.cache
def fuzz_objects(target: str) -> dict[str, Path]:
    """By source: the target's own, and all that it tests."""
    sources = [f"tests/fuzz/{target}.c", *compiled(
        source for row in SUBJECTS.values() for source in row)]
    return {source: fuzz_object(source, BUILD / f"fuzz/{source.replace('/', '_')}.o")
            for source in sources}


def link_fuzzer(target: str, program: Path, replaced: dict[str, Path]) -> None:
    """@replaced: objects that take the place of sources' own."""
    objects = {**fuzz_objects(target), **replaced}
    compile_to(program, [*FUZZED, *(str(path) for path in objects.values())])


def write_seeds(folder: Path) -> None:
    """Any bytes are a sequence; these are the same every time."""
    chance = random.Random(FUZZ_SEED)
    for number in range(SEEDS):
        (folder / f"seed{number}").write_bytes(chance.randbytes(SEED_BYTES))


@marks.slow
class FuzzerCase(unittest.TestCase):
    """Of each row of TARGETS; see fuzzer_class()."""

    name: str
    program: Path
    status: int
    output: str

    @classmethod
    def arguments(cls, artifacts: Path, times: int = 1) -> list[str]:
        """What it ran into is kept, to be run again."""
        return [f"-runs={times * TARGETS[cls.name].runs}", f"-seed={FUZZ_SEED}", f"-max_len={SEED_BYTES}",
                f"-artifact_prefix={artifacts}/"]

    @classmethod
    def run_fuzzer(cls, program: Path, artifacts: Path, times: int = 1) -> tuple[int, str]:
        with tempfile.TemporaryDirectory() as corpus:
            write_seeds(Path(corpus))
            return run_limited([str(program), *cls.arguments(artifacts, times), corpus], WALL_LIMIT_S)

    @classmethod
    def setUpClass(cls) -> None:
        cls.program = BUILD / f"fuzz/{cls.name}"
        link_fuzzer(cls.name, cls.program, {})
        cls.status, cls.output = cls.run_fuzzer(cls.program, BUILD / "fuzz")

    def test_model_and_code_agree(self) -> None:
        tail = "\n".join(self.output.splitlines()[-30:])
        self.assertEqual(0, self.status, f"expected no difference, got:\n{tail}\nrepeat: "
                         f"{self.program} {' '.join(self.arguments(BUILD / 'fuzz'))}")

    def test_every_outcome_is_reached(self) -> None:
        reached = dict(re.findall(r"^reached (\w+) (\d+)$", self.output, re.MULTILINE))
        self.assertGreaterEqual(len(reached), TARGETS[self.name].outcomes, self.output[-1000:])
        self.assertEqual([], [name for name, count in reached.items() if int(count) < 10])

    def test_a_fault_is_found(self) -> None:
        self.check_faults(TARGETS[self.name].faults[:1])

    @marks.long
    def test_faults_are_found(self) -> None:
        self.check_faults(TARGETS[self.name].faults)

    def check_faults(self, keys: Iterable[tuple[str, str]]) -> None:
        faults = {(fault.subject, fault.name): fault for fault in FAULTS}
        for key in keys:
            with self.subTest(".".join(key)), tempfile.TemporaryDirectory() as name:
                folder = Path(name)
                source, copy = with_fault(faults[key], folder)
                faulty = fuzz_object(copy, folder / "faulty.o")
                link_fuzzer(self.name, folder / self.name, {source: faulty})
                status, output = self.run_fuzzer(folder / self.name, folder, 5)
                self.assertNotEqual(0, status, f"expected the fault to be found, got:\n"
                                               f"{output[-500:]}")
                self.assertRegex(output, rf"{self.name}\.c:\d+: .*: expected .*, got |"
                                         "ERROR: AddressSanitizer|runtime error")


def fuzzer_class(target: str) -> type[unittest.TestCase]:
    return type(f"Fuzzer_{target}", (FuzzerCase,), {"__module__": __name__, "name": target})


def fuzz(target: str, arguments: list[str]) -> None:
    """Becomes the fuzzer; unless told otherwise, it keeps what it learns."""
    program = BUILD / f"fuzz/{target}"
    link_fuzzer(target, program, {})
    if all(argument.startswith("-") for argument in arguments):
        corpus = BUILD / f"fuzz/corpus/{target}"
        corpus.mkdir(parents=True, exist_ok=True)
        write_seeds(corpus)
        arguments = [*arguments, str(corpus)]
    os.execv(program, [str(program), f"-artifact_prefix={BUILD}/fuzz/", *arguments])


for _target in TARGETS:
    globals()[f"Fuzzer_{_target}"] = fuzzer_class(_target)


def load_tests(loader: unittest.TestLoader, tests: unittest.TestSuite,
               pattern: str | None) -> unittest.TestSuite:
    """FuzzerCase itself is none."""
    return unittest.TestSuite(suite for suite in tests
                              if not any(type(test) is FuzzerCase for test in suite))


@marks.slow
class Coverage(unittest.TestCase):
    """`make coverage`."""

    def coverage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "tools/coverage.py", *arguments], cwd=ROOT,
                              capture_output=True, text=True, check=False)

    @marks.long
    def test_enough(self) -> None:
        ran = self.coverage()
        self.assertEqual(0, ran.returncode, ran.stdout + ran.stderr)
        for subject, sources in SUBJECTS.items():
            self.assertRegex(ran.stdout, rf"[0-9.]+%  {sources[0]}\n", subject)

    @marks.long
    def test_too_little(self) -> None:
        ran = self.coverage("--limit", "101")
        self.assertEqual(1, ran.returncode, ran.stdout)
        self.assertIn("gicd.c: expected 101 % of its lines", ran.stderr)


for _subject in SUBJECTS:
    globals()[f"Unit_{_subject}"] = unit_class(_subject)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--fuzz"]:
        try:
            if sys.argv[2:3] == [] or sys.argv[2] not in TARGETS:
                sys.exit(f"--fuzz: expected one of {', '.join(TARGETS)}")
            fuzz(sys.argv[2], sys.argv[3:])
        except AssertionError as error:
            sys.exit(str(error))
    unittest.main()
