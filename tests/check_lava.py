#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""`make check-lava`: the jobs of `make lava` under LAVA itself, on this machine.

    check_lava.py [CLASS[.TEST]...]

First, Debian's lava-dispatcher runs jobs without a server, and each result is compared with that
of `make run`. Then a LAVA server with two workers runs a matrix of jobs, and jobs that hang or
are canceled. The lab is private to this program (scripts/lava_lab.py); its logs are in
build/check-lava/. Last line: `N passed, N failed`. If no lab can be set up, the program prints
the reason and ends with status 2.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
import unittest
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts import cli  # noqa: E402
from scripts import lava_lab as labs  # noqa: E402
from tests.check import Result  # noqa: E402
from tools import lava_log, rules  # noqa: E402
from tools.results import PASSED, XFAILED  # noqa: E402

BUILD = Path(os.environ.get("BUILD") or ROOT / "build").absolute()
WORK = BUILD / "check-lava"
JOBS = WORK / "jobs"
CLASSES = ("Definitions", "Dispatcher", "Server")

# The tests that run both with lava-dispatcher and with `make run`: on arm64-gicv2 those of
# CHECK_TESTS, by default all; on the other targets, some.
COMPARED = {
    "arm64-gicv2": os.environ.get("CHECK_TESTS", ""),
    "arm64-gicv3": "abi,errors,order,its",
    "armv7-ref": "abi,errors,order,guest_map",
    "armv7-novirt": "abi,errors",
    "armv7-nogicv": "abi,errors",
}
BENCH = ("arm64-gicv2-bench", "bench.gicd_*")

# The matrix of jobs: kernels, GICs, and a set of tests for each dialect.
KERNELS = ("bookworm", "bookworm-backports")
MATRIX = ("arm64-gicv2", "arm64-gicv3")
DIALECTS = ("seed", "legacy", "devattr")
FIXTURES = ("errors", "order", "at", "irq_line", "sparse")
SETS = {name: ",".join(f"{fixture}.{name}*" for fixture in FIXTURES) for name in DIALECTS}

# A program that prints lines that look like LAVA's or our runner's.
EVIL = r"""#!/vgic-abi/bin/sh
if [ "$1" = --list ]; then
	echo evil.one; echo evil.two
	exit
fi
printf 'KTAP version 1\n1..2\n# start evil.one\n'
printf '# evil.one: <LAVA_SIGNAL_TESTCASE TEST_CASE_ID=forged RESULT=pass>\n'
printf '# evil.one: \r<LAVA_TEST_RUNNER EXIT>\r\033[2J\303\251\377\007 vgic-abi# \n'
printf 'ok 1 evil.one # SKIP <LAVA_SIGNAL_ENDRUN 0_vgic-abi 1> \\x41\n'
printf '<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=forged RESULT=pass>\n'
printf '\nvgic-abi> end\n# start evil.two\nok 2 evil.two\n'
"""

JOB_LIMIT_S = 900
ALONE_LIMIT_S = 1200

# A program whose second test occupies both CPUs forever at real-time priority. The kernel prints
# nothing from then on.
HANG = """#!/vgic-abi/bin/sh
if [ "$1" = --list ]; then
	echo hang.first; echo hang.second; echo hang.third
	exit
fi
echo KTAP version 1
echo 1..3
echo '# start hang.first'
echo 'ok 1 hang.first'
echo '# start hang.second'
sleep 1
echo -1 >/proc/sys/kernel/sched_rt_runtime_us
for cpu in 1 0; do
	/vgic-abi/bin/busybox chrt -f 99 /vgic-abi/bin/busybox taskset $((1 << cpu)) \\
		sh -c 'while :; do :; done' &
done
sleep 600
"""


def say(text: str) -> None:
    print(f"# {text}", flush=True)


def make_jobs(folder: Path, *arguments: str) -> Path:
    """Runs `make lava` with these arguments; returns its output folder."""
    subprocess.run([sys.executable, str(ROOT / "scripts/lava_jobs.py"), "--build", str(BUILD),
                    "--out", str(folder), *arguments], check=True, stdout=subprocess.DEVNULL)
    return folder


def render(lab: labs.Lab, job: Path, template: str) -> str:
    """The device dictionary that the server would make for the job."""
    program = ("import sys, yaml, jinja2\n"
               "context = yaml.safe_load(open(sys.argv[1])).get('context', {})\n"
               "loader = jinja2.FileSystemLoader('/usr/share/lava-server/device-types')\n"
               "text = '{% extends \"' + sys.argv[2] + '.jinja2\" %}'\n"
               "print(jinja2.Environment(loader=loader, trim_blocks=True)\n"
               "      .from_string(text).render(context))\n")
    return lab.run("python3", "-c", program, str(job), template, what=f"rendering {template}")


# Values that the templates of real machines need from the lab.
WIRED = """{% extends 'TYPE.jinja2' %}
{% set connection_command = 'telnet localhost 7001' %}
{% set hard_reset_command = 'true' %}
{% set power_off_command = 'true' %}
{% set power_on_command = 'true' %}
"""


def run_here(target: str, kernel: str, tests: str) -> dict[str, Any]:
    """Runs the tests with `make run`; returns the summary."""
    folder = WORK / "runner"
    subprocess.run([sys.executable, str(ROOT / "scripts/run.py"), "--build", str(BUILD),
                    "--target", target, "--results-dir", str(folder),
                    *(["--kernel", kernel] if kernel else []),
                    *(["--tests", tests] if tests else [])],
                   check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return json.loads((folder / target / "summary.json").read_text(encoding="utf-8"))


# Rules that a kernel breaks only sometimes. Two runs may differ in them.
SOMETIMES = {rule.id for rule in rules.load() if any(d.sometimes for d in rule.deviations)}


def for_comparison(rule: str, outcome: str, message: str) -> tuple[str, str]:
    if rule in SOMETIMES and outcome in (PASSED, XFAILED):
        return "passed or xfailed", ""
    return outcome, message


def outcomes(summary: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """Each test's outcome and reason, without results of the target itself."""
    return {r["test"]: for_comparison(r["rule"], r["outcome"], r["message"])
            for r in summary["results"] if r["program"]}


class Definitions(unittest.TestCase):
    """All files of `make lava`, checked by LAVA itself."""

    lab: labs.Lab
    jobs: list[Path]

    @classmethod
    def setUpClass(cls) -> None:
        out = make_jobs(WORK / "all")
        cls.jobs = sorted(out.glob("jobs/*.yaml")) + sorted(out.glob("health-checks/*.yaml"))
        cls.lab = labs.Lab(WORK / "lab", [WORK]).__enter__()
        cls.addClassCleanup(cls.lab.stop)

    def test_schema(self) -> None:
        self.assertGreater(len(self.jobs), 12)
        # The dispatcher's schema differs from the server's.
        program = ("import os, sys, yaml\n"
                   "os.environ['DJANGO_SETTINGS_MODULE'] = 'lava_server.settings.prod'\n"
                   "import django\ndjango.setup()\n"
                   "from lava_common.schemas import validate\n"
                   "from lava_scheduler_app.schema import validate_submission\n"
                   "for name in sys.argv[1:]:\n"
                   "    job = yaml.safe_load(open(name))\n"
                   "    validate(job, strict=True)\n    validate_submission(job)\n"
                   "    print(name)\n")
        output = self.lab.run("python3", "-c", program, *map(str, self.jobs))
        self.assertEqual([str(job) for job in self.jobs], output.splitlines())

    def test_jobs_fit_devices(self) -> None:
        """All jobs, those for boards included, fit LAVA's own device types."""
        self.lab.write("/tmp/dispatcher.yaml", labs.DISPATCHER)
        for job in self.jobs:
            device = re.search(r'^device_type: "(.+)"$', job.read_text(), re.M)[1]
            with self.subTest(job.name, device=device):
                text = render(self.lab, job, device) if device == "qemu" else self.lab.run(
                    "python3", "-c", "import sys, jinja2\n"
                    "loader = jinja2.FileSystemLoader('/usr/share/lava-server/device-types')\n"
                    "print(jinja2.Environment(loader=loader, trim_blocks=True)"
                    ".from_string(sys.argv[1]).render())", WIRED.replace("TYPE", device))
                self.lab.write("/tmp/device.yaml", text)
                self.lab.run("lava-run", "--validate", "--job-id", "1", "--output-dir",
                             "/tmp/out", "--dispatcher", "/tmp/dispatcher.yaml", "--device",
                             "/tmp/device.yaml", str(job), what=f"lava-run --validate {job.name}")


class Dispatcher(unittest.TestCase):
    """`lava-run` without a server, with LAVA's own device type for QEMU."""

    lab: labs.Lab

    @classmethod
    def setUpClass(cls) -> None:
        cls.lab = labs.Lab(WORK / "lab", [WORK]).__enter__()
        cls.addClassCleanup(cls.lab.stop)
        cls.lab.write("/tmp/dispatcher.yaml", labs.DISPATCHER)

    def job(self, target: str, tests: str) -> Path:
        out = make_jobs(WORK / f"alone-{target}", "--target", target,
                        *(["--tests", tests] if tests else []))
        return next(out.glob("jobs/*.yaml"))

    def lava_run(self, job: Path) -> lava_log.Job:
        self.lab.write("/tmp/device.yaml", render(self.lab, job, "qemu"))
        log = WORK / "alone" / f"{job.stem}.log"
        log.parent.mkdir(exist_ok=True)
        with log.open("wb") as file:
            subprocess.run(self.lab.inside([
                "lava-run", "--job-id", "1", "--output-dir", "/tmp/out", "--dispatcher",
                "/tmp/dispatcher.yaml", "--device", "/tmp/device.yaml", str(job)]),
                stdout=file, stderr=file, timeout=ALONE_LIMIT_S, check=False)
        return lava_log.read(log)

    def compare(self, target: str, tests: str) -> None:
        began = time.monotonic()
        made_job = self.job(target, tests)
        with ThreadPoolExecutor() as pool:
            lava_future = pool.submit(self.lava_run, made_job)
            run_future = pool.submit(run_here, target, "", tests)
            job, expected = lava_future.result(), run_future.result()
        self.assertEqual("", job.ending)

        expected_results = {r["test"]: lava_log.LAVA_RESULT[r["outcome"]]
                            for r in expected["results"] if r["program"]}
        got = {case.name: case.result for case in job.cases if not lava_log.is_own(case.name)}
        self.assertEqual(expected_results, got)
        # The log has the reasons of the results, too.
        summary = lava_log.write_run(WORK / "alone" / job.run, job.run, [job])
        self.assertEqual(outcomes(expected), outcomes(summary))
        own = {r["test"]: r["outcome"] for r in summary["results"] if not r["program"]}
        for result in expected["results"]:
            if not result["program"] and lava_log.is_own(result["test"]):
                self.assertEqual(result["outcome"], own.get(result["test"]), result["test"])
        say(f"{target}: {len(expected_results)} equal results, in {time.monotonic() - began:.0f} s")

    def test_arm64_gicv2(self) -> None:
        self.compare("arm64-gicv2", COMPARED["arm64-gicv2"])

    def test_arm64_gicv3(self) -> None:
        self.compare("arm64-gicv3", COMPARED["arm64-gicv3"])

    def test_reference_kernel(self) -> None:
        self.compare("armv7-ref", COMPARED["armv7-ref"])

    def test_module_that_has_to_be_refused(self) -> None:
        self.compare("armv7-novirt", COMPARED["armv7-novirt"])

    def test_device_tree(self) -> None:
        self.compare("armv7-nogicv", COMPARED["armv7-nogicv"])

    def test_measurements(self) -> None:
        job = self.lava_run(self.job(*BENCH))
        self.assertEqual("", job.ending)
        rows = {c.name: c.measurement for c in job.cases if c.measurement is not None}
        self.assertEqual({"instructions"}, {c.units for c in job.cases
                                            if c.measurement is not None})
        subprocess.run([sys.executable, str(ROOT / "scripts/run_bench.py"), "--build", str(BUILD),
                        "--results-dir", str(WORK / "bench"), "--target", BENCH[0], "--tests",
                        BENCH[1]], check=True, stdout=subprocess.DEVNULL)
        own = json.loads((WORK / "bench" / "bench.json").read_text())
        self.assertGreater(len(own), 3)
        for row in own:
            name = f"bench.{row['name']}" + (f".slots-{row['slots']}" if row["slots"] else "")
            with self.subTest(name):
                self.assertIn(name, rows)
                # Instruction counts are exact, but the machine has one more device in LAVA.
                self.assertAlmostEqual(row["instructions"], rows[name],
                                       delta=0.02 * row["instructions"] + 2)
        say(f"{BENCH[0]}: {len(own)} measurements agree")


class Server(unittest.TestCase):
    """A LAVA server with a scheduler and two workers, each of which has a QEMU."""

    lab: labs.Lab
    token: str

    @classmethod
    def setUpClass(cls) -> None:
        began = time.monotonic()
        cls.jobs = make_jobs(WORK / "server", *(f"--target={name}" for name in MATRIX),
                             *(f"--kernel=debian:{suite}" for suite in KERNELS),
                             *(f"--set={name}={tests}" for name, tests in SETS.items()))
        cls.lab = labs.Lab(WORK / "lab", [WORK]).__enter__()
        cls.addClassCleanup(cls.lab.stop)
        cls.lab.start_server()
        cls.token = cls.lab.add_user("admin")
        cls.lab.manage("device-types", "add", "qemu")
        health = (cls.jobs / "health-checks" / "qemu-arm64.yaml").read_text()
        cls.lab.write("/etc/lava-server/dispatcher-config/health-checks/qemu.yaml", health,
                      "lavaserver:lavaserver")
        for number in "12":
            cls.lab.add_worker(f"worker{number}")
            cls.lab.add_device(f"qemu{number}", f"worker{number}")
            # Makes LAVA run the device's health check first.
            cls.lab.manage("devices", "update", "--health", "UNKNOWN", f"qemu{number}")
            cls.lab.start_worker(f"worker{number}")
        (WORK / "token").write_text(cls.token)
        say(f"a LAVA server with two workers is up after {time.monotonic() - began:.0f} s")

    # ---- LAVA's API ----

    def client(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.lab.outside([sys.executable, str(ROOT / "scripts/lava_client.py"), *words,
                              "--server", labs.URL, "--token-file", str(WORK / "token")]),
            capture_output=True, text=True, check=False, timeout=3600)

    def submit(self, *texts: str) -> list[str]:
        names = []
        for number, text in enumerate(texts):
            path = WORK / f"submitted-{number}.yaml"
            path.write_text(text)
            names.append(str(path))
        proc = self.client("submit", *names)
        self.assertEqual(0, proc.returncode, proc.stderr)
        return proc.stdout.split()

    def api_get(self, path: str) -> Any:
        """Reads from the API, within the lab's network."""
        text = subprocess.run(
            self.lab.outside(["python3", "-c",
                              "import sys, urllib.request as r\n"
                              "q = r.Request(sys.argv[1], headers={'Authorization': 'Token '"
                              " + open(sys.argv[2]).read()})\n"
                              "sys.stdout.buffer.write(r.urlopen(q, timeout=60).read())",
                              f"{labs.URL}/api/v0.2/{path}", str(WORK / "token")]),
            capture_output=True, check=False).stdout.decode(errors="replace")
        return json.loads(text) if text.startswith("{") else text

    def wait_for(self, description: str, condition: Callable[[], Any],
                 limit_s: float = JOB_LIMIT_S) -> Any:
        deadline = time.monotonic() + limit_s
        while time.monotonic() < deadline:
            if found := condition():
                return found
            time.sleep(2)
        self.fail(f"{description}: not after {limit_s:g} s")

    def wait_ended(self, number: str) -> dict[str, Any]:
        def state() -> dict[str, Any] | None:
            job = self.api_get(f"jobs/{number}/")
            return job if isinstance(job, dict) and job.get("state") == "Finished" else None
        return self.wait_for(f"the end of job {number}", state)

    def cases_so_far(self, number: str) -> int:
        return str(self.api_get(f"jobs/{number}/logs/")).count('"lvl": "results"')

    def fetch_summaries(self, *numbers: str) -> dict[str, dict[str, Any]]:
        """Summaries of finished jobs, by the names of their runs."""
        out = WORK / "fetched" / "-".join(numbers)
        proc = self.client("fetch", *numbers, "--out", str(out))
        self.assertIn(proc.returncode, (0, 1, 130), proc.stderr)
        return {path.parent.name: json.loads(path.read_text())
                for path in out.glob("*/summary.json")}

    def cases(self, number: str) -> list[dict[str, Any]]:
        return [case for suite in self.api_get(f"jobs/{number}/suites/")["results"]
                for case in self.api_get(f"jobs/{number}/suites/{suite['id']}/tests/?limit=2000")[
                    "results"]]

    def job(self, target: str = "arm64-gicv2", set_name: str = "legacy") -> str:
        name = f"{target}@{KERNELS[0]}+{set_name}.yaml"
        return (self.jobs / "jobs" / name).read_text(encoding="utf-8")

    def with_name(self, text: str, name: str) -> str:
        return re.sub(r'job_name: ".*"', f'job_name: "vgic-abi {name}"', text)

    def all_tests(self, name: str) -> str:
        """A job that takes minutes."""
        return self.with_name(re.sub(r"TESTS='.*?' ", "TESTS='' ", self.job()), name)

    # ---- tests ----

    def test_0_health_checks(self) -> None:
        def healthy() -> bool:
            devices = self.api_get("devices/")
            return isinstance(devices, dict) and all(
                d["health"] == "Good" for d in devices["results"])
        self.wait_for("both devices healthy", healthy)
        checks = [j for j in self.api_get("jobs/?health_check=true")["results"]]
        self.assertEqual(["Complete", "Complete"], [j["health"] for j in checks])

    def test_1_matrix(self) -> None:
        files = sorted(str(path) for path in self.jobs.glob("jobs/*.yaml"))
        self.assertEqual(len(KERNELS) * len(MATRIX) * len(DIALECTS), len(files))
        self.assertGreaterEqual(len(files), 12)
        out = WORK / "from-lava"
        began = time.monotonic()
        proc = self.client("run", *files, "--out", str(out))
        took = time.monotonic() - began
        self.assertEqual(0, proc.returncode, f"{proc.stdout}\n{proc.stderr}")
        devices = set(re.findall(r" on (qemu\d)$", proc.stderr, re.M))
        self.assertEqual({"qemu1", "qemu2"}, devices, proc.stderr)

        subprocess.run([sys.executable, str(ROOT / "scripts/run_matrix.py"), "--build", str(BUILD),
                        "--suites", ",".join(KERNELS), "--reference", "",
                        "--tests", ",".join(SETS.values())],
                       check=True, stdout=subprocess.DEVNULL)
        matrix_here = json.loads((BUILD / "results" / "matrix.json").read_text())
        matrix_lava = json.loads((out / "matrix.json").read_text())

        def by_run(data: dict[str, Any]) -> dict[tuple[str, str], Any]:
            return {(rule, run): sorted(
                        (t["test"], *for_comparison(rule, t["outcome"], t["message"]))
                        for t in entry["tests"])
                    for rule, found in data["rules"].items() if "." in rule
                    for run, entry in found["runs"].items()
                    if rule not in ("target.features", "kernel.log")}

        self.assertEqual(by_run(matrix_here), by_run(matrix_lava))
        differ = [[d for d in data["differences"] if d["rule"] not in SOMETIMES]
                  for data in (matrix_here, matrix_lava)]
        self.assertEqual(*differ)
        tests = sum(len(tests) for tests in by_run(matrix_lava).values())
        say(f"{len(files)} jobs on two devices in {took:.0f} s; {tests} results, the same "
            "matrix as that of `make matrix`")

    def test_2_canceled_in_the_middle(self) -> None:
        victim, neighbour = self.submit(self.all_tests("victim@canceled"),
                                        self.with_name(self.job(), "neighbour@canceled"))
        self.wait_for("some results", lambda: self.cases_so_far(victim) > 40)
        self.assertEqual(0, self.client("cancel", victim).returncode)
        job, other = self.wait_ended(victim), self.wait_ended(neighbour)
        self.assertEqual(("Canceled", "Complete"), (job["health"], other["health"]))
        found = self.fetch_summaries(victim, neighbour)
        summary = found["victim@canceled"]
        self.assertTrue(summary["interrupted"])
        self.assertGreater(summary["passed"], 5)
        left = [r for r in summary["results"] if r["message"].startswith("not run: ")]
        self.assertTrue(left)
        self.assertIn("canceled", left[0]["message"])
        self.assertIn("vgic-abi> kernel ", self.api_get(f"jobs/{victim}/logs/"))
        self.assertEqual(0, found["neighbour@canceled"]["failed"])
        say(f"canceled after {summary['passed']} passed and {summary['skipped']} skipped")

    def test_3_worker_started_again(self) -> None:
        victim, neighbour = self.submit(self.with_name(self.job(), "victim@restart"),
                                        self.with_name(self.job(), "neighbour@restart"))

        def busy_device() -> str:
            job = self.api_get(f"jobs/{victim}/")
            return str(job["actual_device"] or "") if self.cases_so_far(victim) > 5 else ""

        worker = f"worker{self.wait_for('some results', busy_device)[-1]}"
        self.lab.services[worker].stop()
        self.assertEqual("Running", self.api_get(f"jobs/{victim}/")["state"])
        time.sleep(10)
        self.lab.start_worker(worker)
        job, other = self.wait_ended(victim), self.wait_ended(neighbour)
        self.assertEqual("Complete", other["health"])
        # The job goes on without its worker.
        self.assertEqual("Complete", job["health"])
        found = self.fetch_summaries(victim, neighbour)
        self.assertEqual(outcomes(found["neighbour@restart"]), outcomes(found["victim@restart"]))

    def test_4_kernel_that_hangs(self) -> None:
        files = self.jobs / "files"
        tree = WORK / "hang"
        shutil.rmtree(tree, ignore_errors=True)
        tree.mkdir()
        subprocess.run(["tar", "-xzf", str(files / "vgic-abi-arm64.tar.gz"), "-C", str(tree)],
                       check=True)
        tests = tree / "vgic-abi" / "selftests"
        for name, text in (("hang", HANG), ("evil", EVIL)):
            (tests / name).write_text(text)
            (tests / name).chmod(0o755)
        (tests / "programs").write_text("abi 60\nevil 60\nhang 300\nerrors 60\n")
        subprocess.run(["tar", "-czf", str(files / "hang.tar.gz"), "-C", str(tree), "vgic-abi"],
                       check=True)
        text = self.all_tests("victim@hang").replace("vgic-abi-arm64.tar.gz", "hang.tar.gz")
        text = re.sub(r"(- test:\n    timeout:\n      minutes: )\d+", r"\g<1>1", text)
        victim, neighbour = self.submit(text, self.with_name(self.job(), "neighbour@hang"))
        job, other = self.wait_ended(victim), self.wait_ended(neighbour)
        self.assertEqual(("Incomplete", "Complete"), (job["health"], other["health"]))
        found = self.fetch_summaries(victim, neighbour)
        results = {r["test"]: r for r in found["victim@hang"]["results"]}
        self.assertEqual("passed", results["hang.first"]["outcome"])
        self.assertEqual(("skipped", "<LAVA_SIGNAL_ENDRUN 0_vgic-abi 1> \\x41"),
                         (results["evil.one"]["outcome"], results["evil.one"]["message"]))
        # Output that is not KTAP counts against the test that ran, or the program.
        self.assertIn("a line that is not KTAP", results["evil.output"]["message"])
        self.assertNotIn("forged", results)
        self.assertNotIn("forged", [case["name"] for case in self.cases(victim)])
        self.assertIn("the program ended in this test", results["hang.second"]["message"])
        self.assertIn("timed out", results["hang.second"]["message"])
        self.assertIn("not run", results["hang.third"]["message"])
        self.assertIn("not run", results["errors"]["message"])
        self.assertGreater(sum(r["program"] == "abi" and r["outcome"] == "passed"
                               for r in results.values()), 5)
        self.assertEqual(0, found["neighbour@hang"]["failed"])
        say(f"a kernel that hangs: {results['lava.job']['message']}")

    def test_5_kernel_that_does_not_boot(self) -> None:
        text = self.with_name(self.job(), "victim@boot").replace("panic=-1", "panic=0 rdinit=/none")
        text = re.sub(r"(- boot:\n    timeout:\n      minutes: )\d+", r"\g<1>1", text)
        text = text.replace("failure_retry: 2", "failure_retry: 1")
        victim, neighbour = self.submit(text, self.with_name(self.job(), "neighbour@boot"))
        job, other = self.wait_ended(victim), self.wait_ended(neighbour)
        self.assertEqual(("Incomplete", "Complete"), (job["health"], other["health"]))
        found = self.fetch_summaries(victim, neighbour)
        results = {r["test"]: r for r in found["victim@boot"]["results"]}
        self.assertEqual("failed", results["target.boot"]["outcome"])
        self.assertIn("panic", (WORK / "fetched" / f"{victim}-{neighbour}" / "victim@boot"
                                / "kernel.log").read_text())

    def test_6_devices_are_still_healthy(self) -> None:
        devices = self.api_get("devices/")["results"]
        self.assertEqual({("Idle", "Good")}, {(d["state"], d["health"]) for d in devices})


def run(names: Sequence[str]) -> int:
    labs.check_machine()
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    with labs.Lab(WORK / "lab", []):
        pass
    words: list[str] = []

    def emit(word: str, test: str, seconds: float = 0.0, detail: str = "") -> None:
        if word == "begins":
            return
        words.append(word)
        say(f"{word} {test} ({seconds:.0f} s)" + (f"\n{detail}" if detail else ""))

    began = time.monotonic()
    unittest.defaultTestLoader.loadTestsFromNames(
        [f"tests.check_lava.{name}" for name in names or CLASSES]).run(Result(emit))
    passed, failed = words.count("ok"), words.count("FAILED")
    say(f"{time.monotonic() - began:.0f} s; logs: {WORK}")
    print(f"{passed} passed, {failed} failed")
    return 0 if passed and not failed else 1


def main(arguments: Sequence[str]) -> int:
    return cli.main("check-lava", lambda: run(arguments))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
