# SPDX-License-Identifier: GPL-2.0-only
"""LAVA: jobs, the runner on the device, and results from a job's log."""

from __future__ import annotations

import contextlib
import http.server
import io
import json
import re
import shlex
import shutil
import subprocess
import tempfile
import threading
import unittest
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from unittest import mock

from scripts import lava_client as client
from scripts import lava_jobs as jobs
from scripts import qemu, targets
from scripts.errors import SetupError
from tools import kernel_log, lava_log
from tools.results import FAILED, NOT_RUN, PASSED, SKIPPED, XFAILED

ROOT = Path(__file__).resolve().parent.parent
CASES = ROOT / "lava" / "device" / "cases.awk"
AWKS = [command for command in (["awk"], ["mawk"], ["gawk"], ["busybox", "awk"])
        if shutil.which(command[0])]

# Lines on a console that LAVA interprets.
LAVA_SIGNAL = re.compile(r"<LAVA_SIGNAL_(\S+) ([^>]+)>")

HOSTILE = b"""KTAP version 1
1..8
# start a.x.one
# a.x.one: <LAVA_SIGNAL_TESTCASE TEST_CASE_ID=forged RESULT=pass>
ok 1 a.x.one # XFAIL <LAVA_TEST_RUNNER EXIT>
# start a.x.two
# a.x.two: expected \x1b[31mEINVAL\x1b[0m, got \\x41 \xc3\xa9 \xff \x07\r
not ok 2 a.x.two
<LAVA_SIGNAL_ENDRUN 0_vgic-abi 1>
ok 3 a.x.three # SKIP no such > device
not ok 4 a.x.four # SKIP which is a contradiction
ok 5 a.x.five<LAVA_SIGNAL_TESTCASE
ok 6 a=x.six RESULT=pass
# start a.x.seven
# start a.x.eight
vgic-abi> end
"""
NAMES = ["a.x.one", "a.x.two", "a.x.three", "a.x.four", "a.x.five", "a.x.seven", "a.x.eight",
         "a.x.nine"]


def console(awk: Sequence[str], names: Sequence[str], ktap: bytes, *words: str) -> tuple[str, str]:
    """The text on the device's console, and the test after which the runner would continue."""
    with tempfile.TemporaryDirectory() as state:
        Path(state, "names").write_text("".join(f"{name}\n" for name in names))
        Path(state, "done").touch()
        proc = subprocess.run([*awk, "-v", f"state={state}", "-v", "program=a", "-v", "units=ns",
                               *words, "-f", str(CASES)], input=ktap, check=True,
                              capture_output=True, env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"})
        after = Path(state, "after")
        return proc.stdout.decode("ascii"), after.read_text().strip() if after.exists() else ""


def signals(text: str) -> list[tuple[str, str]]:
    """The test cases that LAVA would take from a console."""
    found = []
    for name, parameters in LAVA_SIGNAL.findall(text):
        assert name == "TESTCASE", name
        values = dict(word.split("=", 1) for word in parameters.split())
        found.append((values["TEST_CASE_ID"], values["RESULT"]))
    return found


class Device(unittest.TestCase):
    """lava/device/cases.awk, with each awk of this machine."""

    def test_hostile_text(self) -> None:
        for awk in AWKS:
            with self.subTest(" ".join(awk)):
                text, after = console(awk, NAMES, HOSTILE)
                self.assertEqual([
                    ("a.x.one", "pass"), ("a.x.two", "fail"), ("a.x.three", "skip"),
                    ("a.x.four", "fail"), ("a.x.seven", "fail"), ("a.x.eight", "fail"),
                ], signals(text))
                self.assertNotIn("LAVA_TEST_RUNNER EXIT>", text)
                self.assertEqual("a.x.eight", after, "the test to restart after")
                self.assertTrue(all(line.startswith(("vgic-abi| ", "<LAVA_SIGNAL_TESTCASE "))
                                    for line in text.splitlines()), text)

    def test_output_survives_the_console(self) -> None:
        text, _ = console(AWKS[0], NAMES, HOSTILE)
        received = [lava_log.unescaped(line.removeprefix(lava_log.OUTPUT))
                    for line in text.splitlines() if line.startswith(lava_log.OUTPUT)]
        sent = HOSTILE.decode("utf-8", "backslashreplace").splitlines()
        self.assertEqual([line.rstrip("\r") for line in HOSTILE.decode(
            "utf-8", "backslashreplace").split("\n")][:-1], received, sent)

    def test_program_skips(self) -> None:
        ktap = b"KTAP version 1\n1..0 # SKIP no /dev/kvm\n"
        # A program that has listed tests cannot skip as a whole.
        text, after = console(AWKS[0], NAMES[:2], ktap)
        self.assertEqual(([("a.x.one", "fail")], "a.x.one"), (signals(text), after))
        self.assertEqual([("a", "skip")], signals(console(AWKS[0], [], ktap)[0]))
        self.assertEqual([("a", "fail")], signals(console(AWKS[0], [], b"")[0]))

    def test_program_did_not_run_a_test(self) -> None:
        ktap = (b"KTAP version 1\n1..2\nnot ok 1 a.x.one # ERROR no memory\n"
                b"not ok 2 a.x.two # ERROR not run: the harness died\n")
        self.assertEqual([("a.x.one", "fail"), ("a.x.two", "unknown")],
                         signals(console(AWKS[0], NAMES[:2], ktap)[0]))

    def test_abandoned_program(self) -> None:
        text, after = console(AWKS[0], NAMES[:2], b"", "-v", "abandon=1")
        self.assertEqual([("a.x.one", "unknown"), ("a.x.two", "unknown")], signals(text))
        self.assertEqual("", after)

    def test_measurements(self) -> None:
        rows = (b'# b.cost: bench {"name":"gicd_read","vcpus":1,"ops":9,"ns":[3.5,1,2.25]}\n'
                b'# b.cost: bench {"name":"sgi","vcpus":4,"slots":512,"ops":9,"ns":[10,30]}\n'
                b'# b.cost: bench {"name":"no good>","vcpus":1,"ns":[1]}\n')
        text, _ = console(AWKS[0], [], rows)
        found = [words for _, words in LAVA_SIGNAL.findall(text) if "MEASUREMENT" in words]
        self.assertEqual([
            "TEST_CASE_ID=bench.gicd_read RESULT=pass UNITS=ns MEASUREMENT=2.250",
            "TEST_CASE_ID=bench.sgi.vcpus-4.slots-512 RESULT=pass UNITS=ns MEASUREMENT=20.000",
        ], found)

    def test_alarms(self) -> None:
        """run.sh searches the kernel log for the words of kernel_log.ALARMS, in grep's syntax."""
        same = kernel_log.ALARMS.pattern.replace("(?:", "(").replace(r"\d", "[0-9]")
        self.assertIn(f"'{same.replace(chr(92) + 'b', '')}'",
                      (ROOT / "lava/device/run.sh").read_text(encoding="utf-8"))

    @unittest.skipUnless(shutil.which("shellcheck"), "no shellcheck")
    def test_shell(self) -> None:
        for name in ("device/run.sh", "device/init", "lab-init.sh"):
            proc = subprocess.run(["shellcheck", "--severity=style", str(ROOT / "lava" / name)],
                                  capture_output=True, text=True, check=False)
            self.assertEqual("", proc.stdout)


# ---- from a log to results ----

def log(lines: Sequence[str], *more: dict[str, Any]) -> str:
    entries = [{"dt": f"2026-01-01T00:00:{n % 60:02}.000000", "lvl": "target", "msg": line}
               for n, line in enumerate(lines)]
    return "".join(f"- {json.dumps(entry)}\n" for entry in [*entries, *more])


def case_entry(case: str, result: str) -> dict[str, Any]:
    return {"dt": "2026-01-01T00:01:00.0", "lvl": "results",
            "msg": {"case": case, "definition": "0_vgic-abi", "result": result}}


def job_entry(result: str, why: str = "") -> dict[str, Any]:
    return {"dt": "2026-01-01T00:02:00.0", "lvl": "results",
            "msg": {"case": "job", "definition": "lava", "result": result,
                    "error_type": "Job", "error_msg": why}}


BOOT = ["[    0.0] Booting Linux", "vgic-abi> kernel 6.1.0-test aarch64",
        "vgic-abi> programs a b ",
        "<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=target.features RESULT=pass>"]
PROGRAM = ["vgic-abi> program a 60", "vgic-abi> name a.x.one", "vgic-abi> name a.x.two",
           "vgic-abi> name a.x.three", "vgic-abi> listed 0", "vgic-abi> begin "]
OUTPUT = ["vgic-abi| KTAP version 1", "vgic-abi| 1..3", "vgic-abi| # start a.x.one",
          "vgic-abi| ok 1 a.x.one # XFAIL \\x3c6.1\\x3e bug",
          "<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=a.x.one RESULT=pass>",
          "vgic-abi| # start a.x.two"]
REST = ["vgic-abi| ok 2 a.x.two", "vgic-abi| ok 3 a.x.three # SKIP no", "vgic-abi> exit 0",
        "vgic-abi> done a", "vgic-abi> without b",
        "<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=kernel.log RESULT=pass>", "vgic-abi> end"]
CASES_OF_ALL = [case_entry("a.x.one", "pass"), case_entry("a.x.two", "pass"),
                case_entry("a.x.three", "skip"), case_entry("target.features", "pass"),
                case_entry("kernel.log", "pass")]


class Results(unittest.TestCase):
    def job(self, text: str, **kwargs: Any) -> lava_log.Job:
        entries = list(lava_log.entries(text))
        return lava_log.Job("7", "vgic-abi arm64-x@test", entries, lava_log.cases(entries),
                        kwargs.pop("ending", lava_log.verdict(entries)), **kwargs)

    def results(self, *found: lava_log.Job) -> dict[str, Any]:
        with tempfile.TemporaryDirectory() as folder:
            summary = lava_log.write_run(Path(folder), "arm64-x@test", found)
            self.assertEqual({"channel.log", "junit.xml", "kernel.log", "lava.json",
                              "results.ktap", "summary.json"},
                             {path.name for path in Path(folder).iterdir()})
        self.kernel = summary["kernel"]
        self.interrupted = summary["interrupted"]
        return {r["test"]: (r["outcome"], r["message"]) for r in summary["results"]}

    def test_complete_job(self) -> None:
        found = self.results(self.job(log(BOOT + PROGRAM + OUTPUT + REST, *CASES_OF_ALL,
                                          job_entry("pass"))))
        self.assertEqual({
            "target.features": (PASSED, ""), "kernel.log": (PASSED, ""),
            "a.x.one": (XFAILED, "<6.1> bug"), "a.x.two": (PASSED, ""),
            "a.x.three": (SKIPPED, "no"),
        }, found)
        self.assertEqual("6.1.0-test", self.kernel)

    def test_absent_features(self) -> None:
        """Absent tests of all jobs of a run are merged; each counts once."""
        lines = [f"vgic-abi> name {line}" for line in (
            "# absent: seed: no (84): 2 tests not planned", "# not planned: a.seed.one",
            "# not planned: a.seed.two")]
        own = case_entry("target.absent.seed", "skip")
        jobs = []
        for more in (PROGRAM[:4] + lines + PROGRAM[4:] + OUTPUT + REST,
                     ["vgic-abi> program a 60", *lines, "vgic-abi> without a", *REST[-3:]]):
            cases = CASES_OF_ALL if "without a" not in more[-4] else CASES_OF_ALL[3:]
            jobs.append(self.job(log(BOOT + more, *cases, own, job_entry("pass"))))
        for chosen in (jobs, jobs[:1], jobs[1:]):
            found = self.results(*chosen)
            self.assertEqual((SKIPPED, "no (84): 2 tests not planned"),
                             found["target.absent.seed"])
            self.assertNotIn("lava.cases", found)
        self.assertNotIn("a", found, "expected no result of a program that did not run")

    def test_machine_hangs(self) -> None:
        found = self.results(self.job(log(BOOT + PROGRAM + OUTPUT, case_entry("a.x.one", "pass"),
                                          job_entry("fail", "lava-test-retry timed out"))))
        self.assertEqual(XFAILED, found["a.x.one"][0])
        self.assertEqual((FAILED, "the program ended in this test: Job: lava-test-retry timed "
                          "out"), found["a.x.two"])
        for test in ("a.x.three", "b"):
            self.assertEqual(NOT_RUN, found[test][0])
            self.assertEqual("Job: lava-test-retry timed out", found[test][1])
        self.assertEqual(FAILED, found["lava.job"][0])

    def test_machine_panics(self) -> None:
        panic = ["[    9.9] Kernel panic - not syncing: at all"]
        found = self.results(self.job(log(BOOT + PROGRAM + OUTPUT + panic,
                                          job_entry("fail", "Connection closed"))))
        self.assertIn("Kernel panic - not syncing: at all", found["kernel.log"][1])

    def test_boot_failure(self) -> None:
        found = self.results(self.job(log(BOOT[:1], job_entry("fail", "auto-login timed out"))))
        self.assertIn("auto-login timed out", found["target.boot"][1])
        self.assertEqual("(did not boot)", self.kernel)

    def test_truncated_log(self) -> None:
        whole = log(BOOT + PROGRAM + OUTPUT + REST, *CASES_OF_ALL, job_entry("pass"))
        for end in range(0, len(whole), 97):
            with self.subTest(end):
                found = self.results(self.job(whole[:end]))
                self.assertIn("lava.job", found)
                if "a.x.one" in found:
                    self.assertIn("a.x.three", found)

    def test_canceled_job(self) -> None:
        found = self.results(self.job(log(BOOT + PROGRAM + OUTPUT, case_entry("a.x.one", "pass")),
                                      ending="the job was canceled", canceled=True))
        self.assertTrue(self.interrupted)
        self.assertEqual((NOT_RUN, "the job was canceled"), found["a.x.three"])
        self.assertEqual((NOT_RUN, "the job was canceled while it ran"), found["a.x.two"])

    def test_results_from_another_job(self) -> None:
        hung = self.job(log(BOOT + PROGRAM + OUTPUT, case_entry("a.x.one", "pass")),
                        ending="the job was canceled", canceled=True)
        whole = self.job(log(BOOT + PROGRAM + OUTPUT + REST, *CASES_OF_ALL, job_entry("pass")))
        for jobs_of_run in ((hung, whole), (whole, hung)):
            found = self.results(*jobs_of_run)
            self.assertEqual((PASSED, ""), found["a.x.two"])
            self.assertEqual(SKIPPED, found["a.x.three"][0])

    def test_lava_has_other_results(self) -> None:
        other = [case_entry("a.x.two", "fail") if c["msg"]["case"] == "a.x.two" else c
                 for c in CASES_OF_ALL]
        found = self.results(self.job(log(BOOT + PROGRAM + OUTPUT + REST, *other,
                                          job_entry("pass"))))
        self.assertEqual((FAILED, "job 7: expected LAVA to have the console's results, got 1 "
                          "others; the first: a.x.two: pass here, fail in LAVA"),
                         found["lava.cases"])

    def test_jobs_of_one_run(self) -> None:
        whole = log(BOOT + PROGRAM + OUTPUT + REST, *CASES_OF_ALL, job_entry("pass"))
        same = self.results(self.job(whole), self.job(whole))
        self.assertEqual(XFAILED, same["a.x.one"][0])
        other = self.job(whole.replace("ok 2 a.x.two", "not ok 2 a.x.two")
                         .replace('"case": "a.x.two", "definition": "0_vgic-abi", "result": "pass"',
                                  '"case": "a.x.two", "definition": "0_vgic-abi", "result": "fail"')
                         .replace("exit 0", "exit 1"))
        self.assertIn("passed in one job and failed in another",
                      self.results(self.job(whole), other)["a.x.two"][1])

    def test_sporadic_deviation(self) -> None:
        whole = log(BOOT + PROGRAM + OUTPUT + REST, *CASES_OF_ALL, job_entry("pass"))
        kept = self.job(whole.replace(" # XFAIL \\\\x3c6.1\\\\x3e bug", ""))
        self.assertEqual((PASSED, ""), self.results(kept)["a.x.one"])
        for jobs_of_run in ((kept, self.job(whole)), (self.job(whole), kept)):
            self.assertEqual((XFAILED, "<6.1> bug"), self.results(*jobs_of_run)["a.x.one"])

    def test_runs_have_their_names(self) -> None:
        for text, run in (("vgic-abi arm64-gicv2@sid+legacy", "arm64-gicv2@sid"),
                          ("vgic-abi board-armv7@bookworm", "board-armv7@bookworm"),
                          ("of somebody else", "lava-job-7")):
            self.assertEqual(run, lava_log.Job("7", text, [], []).run)

    def test_yaml_that_is_not_json(self) -> None:
        line = ('- {"dt": "2026-01-01T00:00:00", "lvl": "results", "msg": {"case": "a.x.one", '
                '"definition": "0_vgic-abi", "endtc": ! "8", "result": "pass"}}\n')
        self.assertEqual("a.x.one", lava_log.cases(lava_log.entries(line))[0].name)

    def test_addresses(self) -> None:
        for server in ("", "lab", "file:///etc/passwd"):
            with self.assertRaises(SetupError):
                client.Server(server, "t")


class Api(http.server.BaseHTTPRequestHandler):
    """A minimal LAVA server."""

    failures = 0
    requests: list[str] = []

    def log_message(self, *_: object) -> None:
        pass

    def answer(self, status: int, body: Any) -> None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_POST(self) -> None:
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        Api.requests.append(f"POST {self.path}")
        if "good" in sent["definition"]:
            self.answer(201, {"job_ids": [7]})
        else:
            self.answer(400, {"message": "extra keys not allowed"})

    def do_GET(self) -> None:
        Api.requests.append(self.path)
        path = self.path.removeprefix("/api/v0.2/jobs/7/")
        if self.headers["Authorization"] != "Token secret":
            self.answer(403, {"detail": "no"})
        elif Api.failures:
            Api.failures -= 1
            self.answer(503, b"starting")
        elif path == "":
            self.answer(200, {"id": 7, "description": "vgic-abi arm64-x@test", "state": "Finished",
                              "health": "Complete", "actual_device": "qemu1"})
        elif path == "logs/":
            self.answer(200, log(BOOT + PROGRAM + OUTPUT + REST, *CASES_OF_ALL,
                                 job_entry("pass")).encode())
        elif path.startswith("suites/?"):
            self.answer(200, {"next": None, "results": [
                {"id": 1, "name": "lava"}, {"id": 2, "name": "0_vgic-abi"}]})
        elif path.startswith("suites/2/tests/"):
            cases = [{"name": c["msg"]["case"], "result": c["msg"]["result"], "measurement": None,
                      "unit": ""} for c in CASES_OF_ALL]
            first = "offset=2" not in path
            # A server behind a proxy returns its own addresses; the client must use only the query.
            next_page = "http://inside/api/v0.2/x/?limit=2&offset=2" if first else None
            self.answer(200, {"next": next_page, "results": cases[:2] if first else cases[2:]})
        else:
            self.answer(404, {"detail": "Not found."})


class Server(unittest.TestCase):
    """scripts/lava_client.py with a minimal server."""

    def setUp(self) -> None:
        Api.failures, Api.requests = 0, []
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Api)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.url = f"http://127.0.0.1:{server.server_port}"
        patch = mock.patch.object(client, "POLL_S", 0.01)
        patch.start()
        self.addCleanup(patch.stop)

    def main(self, *words: str) -> tuple[int, str]:
        output = io.StringIO()
        with (tempfile.TemporaryDirectory() as folder, contextlib.redirect_stderr(output),
              contextlib.redirect_stdout(io.TextIOWrapper(io.BytesIO())),
              mock.patch.dict("os.environ", {"LAVA_TOKEN": "secret"})):
            good, bad = Path(folder, "good.yaml"), Path(folder, "bad.yaml")
            good.write_text("good")
            bad.write_text("no")
            words = tuple(word.replace("GOOD", str(good)).replace("BAD", str(bad))
                          for word in words)
            status = client.main([*words, "--server", self.url, "--out", f"{folder}/out"])
            found = Path(folder, "out", "arm64-x@test", "summary.json")
            self.summary = json.loads(found.read_text()) if found.exists() else {}
        return status, output.getvalue()

    def test_one_command(self) -> None:
        Api.failures = 2
        status, output = self.main("run", "GOOD")
        self.assertEqual(0, status, output)
        self.assertIn("job 7: vgic-abi arm64-x@test: Finished, Complete", output)
        self.assertEqual((1, 1, 1), tuple(sum(r["outcome"] == word and r["program"] == "a"
                                              for r in self.summary["results"])
                                          for word in (PASSED, XFAILED, SKIPPED)))

    def test_refusals(self) -> None:
        status, output = self.main("submit", "BAD")
        self.assertEqual(2, status)
        self.assertIn("400 Bad Request", output)
        self.assertIn("extra keys not allowed", output)
        # A submission is never repeated.
        self.assertEqual(["POST /api/v0.2/jobs/"], Api.requests)
        self.assertEqual(2, self.main("fetch", "8")[0])
        self.assertEqual(2, self.main("submit", "/nonexistent.yaml")[0])

    def test_server_is_down(self) -> None:
        self.url = "http://127.0.0.1:1"
        status, output = self.main("fetch", "7")
        self.assertEqual(2, status)
        self.assertIn("refused", output)


# ---- jobs ----

class NoFiles(jobs.Files):
    """URLs of files that are not created."""

    def kernel(self, job: jobs.Wanted) -> str:
        return self.url(f"kernel-{job.target.arch}-{job.label}")

    def module(self, job: jobs.Wanted) -> None:
        pass

    def device_tree(self, target: targets.Target) -> str | None:
        return self.url(f"{target.name}.dtb") if target.device_tree else None

    def root(self, arch: str) -> str:
        return self.url(f"rootfs-{arch}.cpio.gz")


# The keys that a job may have. `make check-lava` runs LAVA's own check.
JOB_KEYS = {"job_name", "device_type", "visibility", "priority", "timeouts", "metadata",
            "context", "actions", "tags"}
CONTEXT_KEYS = {"arch", "cpu", "machine", "memory", "netdevice", "extra_options"}


class Jobs(unittest.TestCase):
    def options(self, *words: str) -> Any:
        return jobs.parse([*words, "--url", "http://files.example.org/vgic-abi"])

    def load(self, text: str) -> dict[str, Any]:
        import yaml
        return yaml.safe_load(text)

    def every_job(self, *words: str) -> list[str]:
        options = self.options(*words)
        files = NoFiles(options)
        texts = [jobs.qemu_job(options, job, files) for job in jobs.wanted(options)]
        return texts + [jobs.board_job(options, name, "debian:bookworm", files, "errors")
                        for name in jobs.BOARDS]

    def step(self, text: str) -> str:
        test = self.load(text)["actions"][2]["test"]
        return test["definitions"][0]["repository"]["run"]["steps"][0]

    def check(self, job: dict[str, Any]) -> None:
        self.assertEqual(set(), set(job) - JOB_KEYS)
        self.assertEqual(set(), set(job.get("context", {})) - CONTEXT_KEYS)
        self.assertLessEqual({"job", "action", "connection"}, set(job["timeouts"]))
        self.assertEqual(["deploy", "boot", "test"],
                         [next(iter(action)) for action in job["actions"]])
        deploy, boot, test = (next(iter(action.values())) for action in job["actions"])
        limits = sum(action["timeout"]["minutes"] * action.get("failure_retry", 1)
                     for action in (deploy, boot, test))
        # A job whose limit is shorter than those of its actions would end without a reason.
        self.assertGreaterEqual(job["timeouts"]["job"]["minutes"], limits)
        images = deploy["images"] if deploy["to"] == "tmpfs" else deploy
        ramdisk = images["ramdisk"]
        self.assertEqual({"vgic-abi", "lava"}, set(ramdisk["overlays"]))
        for image in [images["kernel"], ramdisk, ramdisk["overlays"]["vgic-abi"]]:
            self.assertRegex(image["url"], r"^http://files\.example\.org/vgic-abi/[\w.+-]+$")
        definition = test["definitions"][0]["repository"]
        self.assertEqual("Lava-Test Test Definition 1.0", definition["metadata"]["format"])
        # LAVA's server rejects other keys here.
        self.assertEqual({"metadata", "run"}, set(definition))
        self.assertIn(" /vgic-abi/run.sh ", definition["run"]["steps"][0])

    def test_every_target_and_board(self) -> None:
        texts = self.every_job("--kernel", "debian:bookworm")
        self.assertGreater(len(texts), 12)
        for text in texts:
            job = self.load(text)
            with self.subTest(job["job_name"]):
                self.check(job)
                self.assertNotRegex(text, r"(?m)^\s*#(if|end)")
                self.assertNotIn("$", text)

    def test_accelerator(self) -> None:
        """In a lab, all CPUs boot at once, which needs multi-threaded TCG on ARMv7."""
        for target, expected in (("armv7-ref", "tcg,thread=multi"),
                                 ("arm64-gicv2", "tcg,thread=single")):
            options = self.options("--target", target, "--kernel", "debian:bookworm")
            text = jobs.qemu_job(options, jobs.wanted(options)[0], NoFiles(options))
            self.assertIn(f"-accel {expected}", self.load(text)["context"]["extra_options"])
            self.assertNotIn(qemu.LATE_CPUS, text)

    def test_mode(self) -> None:
        options = self.options("--target", "arm64-protected", "--kernel", "debian:sid")
        text = jobs.qemu_job(options, jobs.wanted(options)[0], NoFiles(options))
        self.assertIn(" kvm-arm.mode=protected", text)

    def test_sets_and_kernels(self) -> None:
        options = self.options("--target", "arm64-gicv2,arm64-gicv3", "--set", "old=errors.seed*",
                               "--set", "new=errors.devattr*", "--kernel",
                               "debian:bookworm debian:sid")
        names = [job.name for job in jobs.wanted(options)]
        self.assertEqual(8, len(set(names)))
        self.assertIn("arm64-gicv3@sid+new", names)
        text = jobs.qemu_job(options, jobs.wanted(options)[0], NoFiles(options))
        self.assertIn("TESTS='errors.seed*' ", self.step(text))

    def test_values_cannot_break_out(self) -> None:
        evil = 'x"\nactions: []\n# $(reboot) \'; reboot'
        options = self.options("--target", "arm64-gicv2", "--kernel", "debian:bookworm",
                               "--tests", evil, "--tags", "a: b")
        text = jobs.qemu_job(options, jobs.wanted(options)[0], NoFiles(options))
        self.assertEqual(f"TESTS={evil}", shlex.split(self.step(text))[0])
        job = self.load(text)
        self.assertEqual(3, len(job["actions"]))
        self.assertEqual(["a: b"], job["tags"])

    def test_the_definition_by_itself(self) -> None:
        options = self.options()
        definition = self.load(jobs.definition(options, None, "", by_itself=True))
        self.assertEqual("selftests", definition["params"]["PROGRAMS"])
        step = definition["run"]["steps"][0]
        self.assertEqual(set(definition["params"]), set(re.findall(r"\$\{(\w+)\}", step)))

    def test_user_errors(self) -> None:
        with contextlib.redirect_stderr(io.StringIO()):
            self.assertEqual(2, jobs.main(["--target", "no-such", "--out", "/nonexistent/x"]))
            with self.assertRaises(SystemExit):
                jobs.main(["--set", "no pattern"])


if __name__ == "__main__":
    unittest.main()
