# SPDX-License-Identifier: GPL-2.0-only
"""The reference kernel's pure logic on this machine: unit tests, seeded faults, two fuzzers.

    test_pure.py                    runs as a Python unittest; each C test is one result
    test_pure.py --fuzz NAME [ARG...]   runs one fuzzer with libFuzzer's arguments
    test_pure.py --with SOURCE COPY     runs the unit tests of a source with a copy in its place;
                                    prints failed tests; status 1 if any fails, 4 if the source has
                                    no unit tests

Subjects are rows of SUBJECTS: `tests/unit/test_<subject>.c` tests the row's sources, under ASan
and UBSan. For each fault of tests/faults/faults.toml that names a subject as its `unit`, a unit
test of that subject has to fail.
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

from scripts import seeding
from scripts.seeding import Fault
from tests import marks

BUILD = Path(os.environ.get("BUILD", ROOT / "build"))

# Sources of tests/unit/test_<subject>.c: first the tested source, then its dependencies. The
# fuzzers are linked with all of them.
SUBJECTS = {
    "memslots": ("virt/kvm/memslots.c",),
    "device_address": ("virt/kvm/device_address.c",),
    "lpae_walk": ("arch/arm/kvm/lpae_walk.c",),
    "mmio": ("arch/arm/kvm/mmio.h",),
    "psci": ("arch/arm/kvm/psci.c",),
    "exception": ("arch/arm/kvm/exception.c",),
    "load_store": ("arch/arm/kvm/load_store.c", "arch/arm/kvm/exception.c"),
    "cache_state": ("arch/arm/kvm/cache_state.c",),
    "errata": ("arch/arm/kvm/errata.c",),
    "walk": ("arch/arm/kvm/walk.c",),
    "gicd": ("virt/kvm/arm/gicd.c", "virt/kvm/arm/gic_irq.c"),
    "gic_irq": ("virt/kvm/arm/gic_irq.c",),
    "irq_routing": ("virt/kvm/irq_routing.c",),
    "gicc_saved": ("virt/kvm/arm/gicc_saved.c", "virt/kvm/arm/gic_irq.c"),
    "host_tree": ("virt/kvm/arm/host_tree.c",),
    "open_standard_files": ("selftests/lib/abi/open_standard_files.h",),
    "timer_state": ("include/kvm/timer_state.h",),
    "halt_poll": ("include/kvm/halt_poll.h",),
}

# Functions in a table may leave parameters unused; the kernel does not warn either.
WARNINGS = ("-Wall", "-Wextra", "-Wno-unused-parameter", "-Werror")
SANITIZERS = ("-fsanitize=address,undefined", "-fno-sanitize-recover=all")
TESTED = ("-std=gnu11", "-O1", "-g", *WARNINGS, *SANITIZERS)
# No sanitizers: there are many faults, and each has to be found by a wrong result.
FAULTY = ("-std=gnu11", "-O0", "-w")
# With sanitizers, without which some mutants would not be detected.
CHANGED = ("-std=gnu11", "-O1", "-w", *SANITIZERS)
# Status of --with for a source without unit tests.
NO_TESTS = 4

# Limit of CPU time, because a fault may make a loop endless. It holds for the processes that the
# harness starts, too; each of them has its own process group, which killpg() would not reach.
CPU_LIMIT_S = 10
WALL_LIMIT_S = 1800


def kernel_source() -> str:
    if os.environ.get("KSRC"):
        return os.environ["KSRC"]
    fetch = [sys.executable, str(ROOT / "scripts/fetch.py"), "ksrc"]
    return subprocess.run(fetch, check=True, capture_output=True, text=True).stdout.strip()


@functools.cache
def includes() -> tuple[str, ...]:
    """Our folders are first. -isystem turns off warnings in the kernel's headers."""
    tools = f"{kernel_source()}/tools"
    own = ("tests/unit/include", "arch/arm/include/uapi", "include", "include/uapi",
           "arch/arm/kvm", "tests/unit")
    return (*(f"-I{folder}" for folder in own),
            "-isystem", f"{tools}/include", "-isystem", f"{tools}/testing/selftests")


def compiled(sources: Iterable[str]) -> list[str]:
    """The .c files among the sources."""
    return [source for source in dict.fromkeys(sources) if source.endswith(".c")]


def signature(path: Path) -> list[int]:
    """Attributes that change with a file; empty if it does not exist."""
    try:
        status = path.stat()
    except OSError:
        return []
    return [status.st_size, status.st_mtime_ns]


def compile_to(output: Path, command: list[str]) -> None:
    """Runs the compiler in ROOT, unless nothing has changed since the last time. The old output
    stays until the new one is complete.
    """
    output.parent.mkdir(parents=True, exist_ok=True)
    record = Path(f"{output}.made")
    inputs = [word for word in command if not word.startswith("-")]
    try:
        made = json.loads(record.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        made = {}
    if made.get("command") == command and made["output"] == signature(output) != [] and all(
            signature(ROOT / name) == old for name, old in made["files"].items()):
        return
    with tempfile.TemporaryDirectory(dir=output.parent) as name:
        folder = Path(name)
        # gcc appends the headers of several sources to $SUNPRO_DEPENDENCIES; clang has only -MD.
        includes = folder / "includes"
        listed = ["-MD", "-MF", str(includes)] if command[0] == "clang" and "-c" in command else []
        proc = subprocess.run([*command, *listed, "-o", f"{folder}/new"], cwd=ROOT, text=True,
                              env={**os.environ, "SUNPRO_DEPENDENCIES": str(includes)},
                              capture_output=True, check=False)
        if proc.returncode:
            raise AssertionError(f"expected to compile, got:\n{proc.stderr}repeat: cd {ROOT} && "
                                 f"{' '.join([*command, '-o', str(output)])}")
        names = {name for name in inputs if (ROOT / name).is_file()}
        if includes.is_file():
            names.update(word for word in includes.read_text(encoding="utf-8").split()
                         if word != "\\" and not word.endswith(":"))
        record.unlink(missing_ok=True)
        os.replace(folder / "new", output)
        (folder / "made").write_text(json.dumps({
            "command": command, "output": signature(output),
            "files": {name: signature(ROOT / name) for name in sorted(names)}}), encoding="utf-8")
        os.replace(folder / "made", record)


def run_limited(command: list[str], limit_s: int = CPU_LIMIT_S) -> tuple[int, str]:
    """Runs a command with limits; returns its status and output."""
    # The soft limit comes first, so that SIGXCPU tells the reason.
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
    """The tests' names as the harness prints them: fixture.test, or global.test."""
    text = source.read_text(encoding="utf-8")
    found = re.findall(r"^TEST(?:_F)?\((?:(\w+),\s*)?(\w+)\)$", text, re.MULTILINE)
    return [f"{fixture or 'global'}.{test}" for fixture, test in found]


class Results:
    """One run of a program: whether each test passed, and its output."""

    def __init__(self, output: str) -> None:
        self.passed: dict[str, bool] = {}
        self.messages: dict[str, list[str]] = {}
        self.lines = output.splitlines()
        messages: list[str] = []
        for line in self.lines:
            match = re.match(r"(not )?ok \d+ (?:# SKIP )?(\S+)", line)
            if match:
                self.passed[match[2]] = not match[1]
                self.messages[match[2]] = messages
            elif re.match(r"#  RUN  ", line):
                messages = []
            else:
                messages.append(line)


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
            self.fail(f"expected a result of {name}, got none; the end of the output:\n"
                      + "\n".join(results.lines[-20:]))
        if not results.passed[name]:
            self.fail("\n".join([f"expected {name} to pass, got:", *results.messages[name],
                                 f"alone: {BUILD}/unit/pure_{subject}"]))

    return test


class Compiling(unittest.TestCase):
    """compile_to() compiles again if an input has changed."""

    @marks.slow
    def test_rebuilds_if_an_input_changed(self) -> None:
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
    """Tests of the table; each subject has a class of its own below."""

    def test_every_source_has_a_row(self) -> None:
        sources = (ROOT / "tests/unit").glob("test_*.c")
        on_disk = {path.stem.removeprefix("test_") for path in sources}
        self.assertEqual(set(SUBJECTS), on_disk)


def unit_class(subject: str) -> type[unittest.TestCase]:
    def test_reports_all_tests_of_its_source(self: unittest.TestCase) -> None:
        self.assertEqual(sorted(tests_in(unit_source(subject))),
                         sorted(unit_results(subject).passed))

    tests = {f"test_{name.removeprefix('global.').replace('.', '_')}": unit_test(subject, name)
             for name in tests_in(unit_source(subject))}
    name = f"Unit_{subject}"
    return type(name, (unittest.TestCase,), {
        "__module__": __name__, **tests,
        "test_reports_what_its_source_says": test_reports_all_tests_of_its_source})


# ---- seeded faults ----


TABLE = seeding.load(ROOT / "tests/faults/faults.toml")
# Faults that the unit tests here have to find, sorted by subject; test_vgic_run.py has the others.
FAULTS = sorted((fault for fault in TABLE.units if "/" not in fault.unit),
                key=lambda fault: fault.unit)


def with_fault(fault: Fault, folder: Path) -> tuple[str, str]:
    """The fault's source, and a copy of it in `folder` that has the fault."""
    text = (ROOT / fault.file).read_text(encoding="utf-8")
    begin, end = seeding.place_of(fault, text)
    # The path by which sources include a header: <kvm/name.h>, or "name.h" of the architecture.
    path = Path(fault.file)
    copy = folder / (path.relative_to("include") if path.is_relative_to("include") else path.name)
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.write_text(text[:begin] + fault.new + text[end:], encoding="utf-8")
    return fault.file, str(copy)


@functools.cache
def unit_object(subject: str, flags: tuple[str, ...]) -> Path:
    kind = "faulty" if flags == FAULTY else "changed"
    output = BUILD / f"unit/{kind}_{subject}.o"
    compile_to(output, ["gcc", *flags, *includes(), "-c",
                        str(unit_source(subject).relative_to(ROOT))])
    return output


def failing_tests(subject: str, replaced: dict[str, str], program: Path,
                  flags: tuple[str, ...] = FAULTY) -> list[str]:
    """The tests that fail with other files in place of sources (`replaced`)."""
    sources = [replaced.get(source, source) for source in compiled(SUBJECTS[subject])]
    # The program's folder is searched first. It has a changed header at the path by which sources
    # include the original.
    test = (str(unit_source(subject).relative_to(ROOT))
            if any(source.endswith(".h") for source in replaced)
            else str(unit_object(subject, flags)))
    compile_to(program, ["gcc", *flags, f"-I{program.parent}", *includes(), test, *sources])
    status, output = run_limited([str(program)])
    passed = Results(output).passed
    failed = [name for name in tests_in(unit_source(subject)) if not passed.get(name)]
    assert bool(status) == bool(failed), f"status {status}, failed {failed}:\n{output}"
    return failed


@functools.cache
def failing_without_fault(subject: str) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        return failing_tests(subject, {}, Path(folder, "program"))


def with_copy(source: str, copy: str) -> int:
    """Prints the unit tests that fail with a copy in place of a source; returns the status.

    Stops after the first subject that has failed tests.
    """
    subjects = [subject for subject, sources in SUBJECTS.items()
                if source in compiled(sources)]
    if not subjects:
        return NO_TESTS
    # The source's own subject comes first.
    subjects.sort(key=lambda subject: SUBJECTS[subject][0] != source)
    failed: list[str] = []
    while subjects and not failed:
        subject = subjects.pop(0)
        with tempfile.TemporaryDirectory() as folder:
            try:
                failed = failing_tests(subject, {source: copy}, Path(folder, "program"), CHANGED)
            except AssertionError as error:
                # The copy does not compile, or the program fails although each test passes.
                print(error, file=sys.stderr)
                failed = ["program"]
        failed = [f"{subject}.{name}" for name in failed]
    print(*failed, sep="\n")
    return int(bool(failed))


def fault_test(fault: Fault) -> Callable[[unittest.TestCase], None]:
    def test(self: unittest.TestCase) -> None:
        # An unrelated failure must not count as a found fault.
        self.assertEqual([], failing_without_fault(fault.unit),
                         "expected no test to fail without the fault")
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            source, copy = with_fault(fault, folder)
            failed = failing_tests(fault.unit, {source: copy}, folder / "program")
        self.assertTrue(failed, f"expected a test of {fault.unit} to fail, got none, with\n"
                                f"  {fault.new!r}\nfor\n  {fault.old!r}")

    return test


@marks.slow
@marks.apart
class Faults(unittest.TestCase):
    """A unit test finds each seeded fault."""


# `make check` tries every SAMPLE-th fault, and at least one of each subject.
SAMPLE = 6
for _number, _fault in enumerate(FAULTS):
    _test = fault_test(_fault)
    if _number % SAMPLE and _fault.unit == FAULTS[_number - 1].unit:
        _test = marks.long(_test)
    setattr(Faults, f"test_{_fault.unit}_{_fault.name}", _test)


# ---- the fuzzers ----


class Target(NamedTuple):
    """tests/fuzz/<name>.c, with all subjects' sources."""

    runs: int
    # Number of outcomes that the fuzzer counts; each has to be reached.
    outcomes: int
    # Faults that the fuzzer has to find in five times `runs`: proof that it can find differences.
    faults: tuple[tuple[str, str], ...]


TARGETS = {
    "ioctls": Target(20_000, 25, (
        ("memslots", "slot_touching_overlaps"),
        ("memslots", "only_begin_within_limit"),
        ("device_address", "may_be_moved"),
        ("mmio", "sign_bit_too_high"),
        ("psci", "absent_turned_on"),
        ("exception", "it_never_ends"),
    )),
    "gic": Target(1_500, 18, (
        ("gicd", "targets_that_are_absent"),
        ("gicd", "one_field_too_many"),
        ("gic_irq", "disabled_delivered"),
        ("gic_irq", "no_owner"),
        ("gic_irq", "owner_stays"),
        ("gic_irq", "line_high_after_deactivation"),
        ("gicc_saved", "neighbours_overwritten"),
    )),
}
FUZZ_SEED = 1
# The first inputs are long, because short sequences reach few outcomes.
SEEDS, SEED_BYTES = 32, 1024
FUZZED = ("clang", "-std=gnu11", "-O1", "-g", *WARNINGS, "-fsanitize=fuzzer,address,undefined",
          "-fno-sanitize-recover=all")


def fuzz_object(source: str, output: Path, *first: str) -> Path:
    """Compiles a source. `first`: include folders that precede the project's."""
    compile_to(output, [*FUZZED, *(f"-I{folder}" for folder in first), *includes(), "-c", source])
    return output


@functools.cache
def fuzz_objects(target: str) -> dict[str, Path]:
    """The target's object and those of all subjects, by source."""
    sources = [f"tests/fuzz/{target}.c", *compiled(
        source for row in SUBJECTS.values() for source in row)]
    return {source: fuzz_object(source, BUILD / f"fuzz/{source.replace('/', '_')}.o")
            for source in sources}


def link_fuzzer(target: str, program: Path, replaced: dict[str, Path]) -> None:
    """Links a fuzzer. `replaced`: by source, objects that take the place of the source's own."""
    objects = {**fuzz_objects(target), **replaced}
    compile_to(program, [*FUZZED, *(str(path) for path in objects.values())])


def write_seeds(folder: Path) -> None:
    """Any bytes are a valid sequence; these are the same in each run."""
    rng = random.Random(FUZZ_SEED)
    for number in range(SEEDS):
        (folder / f"seed{number}").write_bytes(rng.randbytes(SEED_BYTES))


@marks.slow
class FuzzerCase(unittest.TestCase):
    """The tests of each row of TARGETS; see fuzzer_class()."""

    name: str
    program: Path
    status: int
    output: str

    @classmethod
    def arguments(cls, artifacts: Path, times: int = 1) -> list[str]:
        """libFuzzer's arguments; it writes an input that fails to `artifacts`."""
        return [f"-runs={times * TARGETS[cls.name].runs}", f"-seed={FUZZ_SEED}",
                f"-max_len={SEED_BYTES}", f"-artifact_prefix={artifacts}/"]

    @classmethod
    def run_fuzzer(cls, program: Path, artifacts: Path, times: int = 1) -> tuple[int, str]:
        with tempfile.TemporaryDirectory() as corpus:
            write_seeds(Path(corpus))
            return run_limited([str(program), *cls.arguments(artifacts, times), corpus],
                               WALL_LIMIT_S)

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
        faults = {(fault.unit, fault.name): fault for fault in FAULTS}
        for key in keys:
            with self.subTest(".".join(key)), tempfile.TemporaryDirectory() as name:
                folder = Path(name)
                source, copy = with_fault(faults[key], folder)
                if source.endswith(".h"):
                    source = copy = f"tests/fuzz/{self.name}.c"
                faulty = fuzz_object(copy, folder / "faulty.o", name)
                link_fuzzer(self.name, folder / self.name, {source: faulty})
                status, output = self.run_fuzzer(folder / self.name, folder, 5)
                self.assertNotEqual(0, status, f"expected the fault to be found, got:\n"
                                               f"{output[-500:]}")
                self.assertRegex(output, rf"{self.name}\.c:\d+: .*: expected .*, got |"
                                         "ERROR: AddressSanitizer|runtime error")


def fuzzer_class(target: str) -> type[unittest.TestCase]:
    return type(f"Fuzzer_{target}", (FuzzerCase,), {"__module__": __name__, "name": target})


def fuzz(target: str, arguments: list[str]) -> None:
    """Executes the fuzzer. If the arguments name no corpus, it uses the one in build/fuzz."""
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
    """Leaves out FuzzerCase itself, which has no target."""
    return unittest.TestSuite(suite for suite in tests
                              if not any(type(test) is FuzzerCase for test in suite))


@marks.slow
class Coverage(unittest.TestCase):
    """`make coverage`."""

    def coverage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "tests/coverage.py", *arguments], cwd=ROOT,
                              capture_output=True, text=True, check=False)

    @marks.long
    def test_coverage_above_limit(self) -> None:
        proc = self.coverage()
        self.assertEqual(0, proc.returncode, proc.stdout + proc.stderr)
        for subject, sources in SUBJECTS.items():
            self.assertRegex(proc.stdout, rf"[0-9.]+%  {sources[0]}\n", subject)

    @marks.long
    def test_coverage_below_limit(self) -> None:
        proc = self.coverage("--limit", "101")
        self.assertEqual(1, proc.returncode, proc.stdout)
        self.assertIn("gicd.c: expected 101 % of its lines", proc.stderr)


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
    if sys.argv[1:2] == ["--with"] and len(sys.argv) == 4:
        sys.exit(with_copy(*sys.argv[2:]))
    unittest.main()
