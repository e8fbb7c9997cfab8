# SPDX-License-Identifier: GPL-2.0-only
"""A LAVA lab on this machine: Debian's own packages, in a Debian tree of their own.

The tree is made once and kept in the cache. A lab runs on an overlay over the tree, in
namespaces of its own: its network is a private loopback, and when its process 1 ends, all
of its processes do. The machine's own packages, users and services stay as they are.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from scripts import apt, cache, processes
from scripts.errors import SetupError

ROOT = Path(__file__).resolve().parent.parent
INIT = ROOT / "lava" / "lab-init.sh"

# The suite whose LAVA this was tried with; later suites may have no LAVA.
SUITE = "bookworm"
PACKAGES = ("lava-server", "lava-dispatcher", "postgresql", "qemu-system-arm", "qemu-utils",
            "device-tree-compiler", "u-boot-tools", "tftpd-hpa", "telnet", "procps", "iproute2")
LAVA_FILES = "usr/share/lava-server/device-types/qemu.jinja2"

START_LIMIT_S = 60
COMMAND_LIMIT_S = 300
STOP_LIMIT_S = 20

URL = "http://127.0.0.1:8000"
DISPATCHER = "dispatcher_ip: 127.0.0.1\n"
SETTINGS = 'ALLOWED_HOSTS: ["127.0.0.1"]\nUSE_TZ: true\n'


def make_tree(folder: Path) -> None:
    """Makes a Debian with LAVA, from the mirror of this machine."""
    mirror = apt.machine_mirror()
    sources = folder.parent / "lab.sources"
    sources.write_text("\n".join(["Types: deb", f"URIs: {mirror.site}", f"Suites: {SUITE}",
                                  "Components: main", *mirror.options]) + "\n",
                       encoding="utf-8")
    log = folder.parent / "log"
    processes.say("making a Debian with LAVA, of 1.5 GiB, once: some minutes")
    processes.run(["mmdebstrap", "--mode=root", "--variant=apt", "--format=directory", "--quiet",
                   f"--logfile={log}", f"--include={','.join(PACKAGES)}",
                   '--aptopt=APT::Install-Recommends "false"',
                   '--aptopt=Acquire::Languages "none"', "--aptopt=Acquire::Retries \"3\"",
                   SUITE, str(folder), str(sources)], "making a Debian with LAVA")
    if not (folder / LAVA_FILES).exists():
        raise SetupError(f"expected LAVA in Debian's {SUITE}, found no {LAVA_FILES}")


def tree() -> Path:
    return cache.cached(f"lava-{SUITE}", make_tree)


def check_machine() -> None:
    """Raises SetupError with the reason if no lab can run here."""
    if os.geteuid() != 0:
        raise SetupError("a lab needs root, for namespaces and a Debian tree of its own")
    for tool in ("unshare", "nsenter", "setpriv", "mmdebstrap"):
        if not shutil.which(tool):
            raise SetupError(f"expected the command {tool}, found none")
    tried = subprocess.run(["unshare", *NAMESPACES, "sh", "-c", "ip link set lo up"],
                           capture_output=True, text=True, check=False)
    if tried.returncode:
        raise SetupError("a lab needs namespaces of its own, and this machine does not allow them: "
                         f"{tried.stderr.strip() or tried.returncode}; a container may forbid it")


NAMESPACES = ("--mount", "--pid", "--net", "--ipc", "--uts", "--fork", "--kill-child")


class Service:
    """A program that runs in the lab until stop()."""

    def __init__(self, name: str, process: subprocess.Popen[bytes], log: Path) -> None:
        self.name = name
        self.log = log
        self._process = process

    @property
    def runs(self) -> bool:
        return self._process.poll() is None

    def tail(self, lines: int = 15) -> str:
        return "\n".join(self.log.read_text(encoding="utf-8",
                                            errors="replace").splitlines()[-lines:])

    def stop(self) -> None:
        """Ends the program as a service manager would, and no other process."""
        if self.runs:
            # This is the helper that entered the lab; the kernel signals its child.
            self._process.kill()
        self._process.wait()


class Lab:
    """A context manager. At its end, all processes of the lab have ended."""

    def __init__(self, folder: Path, shared: Sequence[Path]) -> None:
        self._folder = folder
        self._shared = shared
        self._init: subprocess.Popen[str] | None = None
        self._pid = 0
        self.services: dict[str, Service] = {}
        self.root = folder / "root"

    # ---- the machine under it ----

    def __enter__(self) -> Lab:
        base = tree()
        shutil.rmtree(self._folder, ignore_errors=True)
        (self._folder / "log").mkdir(parents=True)
        self.root.mkdir()
        # If this program is killed, so is the lab.
        self._init = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", "--", "unshare", *NAMESPACES, "sh", str(INIT),
             str(base), str(self._folder), str(self.root), *map(str, self._shared)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=(self._folder / "log" / "init").open("wb"), text=True)
        line = self._init.stdout.readline()
        if line.strip() != "ready":
            self.stop()
            message = (self._folder / "log" / "init").read_text(errors="replace").strip()
            raise SetupError(f"the lab's Debian does not start: {message or line!r}")
        self._pid = child_of(self._init.pid)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        if not self._init:
            return
        for service in reversed(self.services.values()):
            service.stop()
        if self._pid:
            try:
                # When process 1 of the lab dies, the kernel kills all of the lab's processes.
                os.kill(self._pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self._init.kill()
        self._init.wait()
        self._init = None
        shutil.rmtree(self.root, ignore_errors=True)
        # The results have been fetched; the database is of no use.
        for name in ("upper", "work"):
            shutil.rmtree(self._folder / name, ignore_errors=True)

    # ---- commands ----

    def outside(self, command: Sequence[str]) -> list[str]:
        """A command of this machine that sees the lab's network."""
        return ["nsenter", "--target", str(self._pid), "--net", "--", *command]

    def inside(self, command: Sequence[str]) -> list[str]:
        """A command of the lab. It ends with the process that started it."""
        return ["nsenter", "--target", str(self._pid), "--mount", "--pid", "--net", "--ipc",
                "--uts", "--root", "--wd", "--", "env", "-i",
                "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8", "HOME=/root",
                "setpriv", "--pdeathsig", "TERM", "--", *command]

    def run(self, *command: str, what: str = "", limit_s: float = COMMAND_LIMIT_S) -> str:
        """Runs a command and returns its output. Raises SetupError if it fails."""
        what = what or " ".join(command)
        try:
            done = subprocess.run(self.inside(command), stdin=subprocess.DEVNULL,
                                  capture_output=True, text=True, errors="replace",
                                  timeout=limit_s, check=False)
        except subprocess.TimeoutExpired as error:
            raise SetupError(f"{what}: still ran after {limit_s:g} s") from error
        with (self._folder / "log" / "commands").open("a", encoding="utf-8") as log:
            log.write(f"$ {' '.join(command)}\n{done.stdout}{done.stderr}")
        if done.returncode:
            lines = (done.stderr.strip() or done.stdout.strip()).splitlines()
            raise SetupError(f"{what} failed with status {done.returncode}: "
                             f"{lines[-1] if lines else 'no output'}; the whole output is in "
                             f"{self._folder}/log/commands")
        return done.stdout

    def start(self, name: str, *command: str) -> Service:
        path = self._folder / "log" / name
        log: BinaryIO = path.open("ab")
        process = subprocess.Popen(self.inside(command), stdin=subprocess.DEVNULL, stdout=log,
                                   stderr=log, start_new_session=True)
        log.close()
        self.services[name] = Service(name, process, path)
        return self.services[name]

    def write(self, path: str, text: str, owner: str = "") -> None:
        """Writes a file in the lab, as its administrator would."""
        there = path.rpartition("/")[0]
        self.run("mkdir", "-p", there)
        subprocess.run(self.inside(["tee", path]), input=text.encode(), check=True,
                       stdout=subprocess.DEVNULL)
        if owner:
            self.run("chown", owner, path)

    # ---- LAVA ----

    def start_server(self) -> None:
        """Starts PostgreSQL, the web server with its API, and the scheduler, but no workers."""
        self.run("pg_ctlcluster", "15", "main", "start", what="starting PostgreSQL")
        self.run("python3", "/usr/share/lava-server/postinst.py", "--config", "--db",
                 what="making LAVA's database", limit_s=600)
        self.write("/etc/lava-server/settings.d/50-lab.yaml", SETTINGS)
        self.start("gunicorn", "gunicorn3", "lava_server.wsgi", "-u", "lavaserver", "-g",
                   "lavaserver", "--worker-class", "eventlet", "--workers", "2", "--bind",
                   URL.removeprefix("http://"), "--log-level", "INFO", "--timeout", "120")
        self.start("publisher", "lava-server", "manage", "lava-publisher", "--level", "INFO",
                   "--log-file", "-", "--host", "127.0.0.1", "--port", "8001")
        self.start("scheduler", "lava-server", "manage", "lava-scheduler", "--level", "INFO",
                   "--log-file", "-")

    def manage(self, *words: str) -> str:
        return self.run("lava-server", "manage", *words, what=f"lava-server {words[0]}")

    def add_user(self, name: str) -> str:
        """Adds an administrator. Returns the token for the API."""
        self.manage("users", "add", "--staff", "--superuser", "--passwd", os.urandom(8).hex(),
                    name)
        return self.manage("tokens", "add", "--user", name).strip().splitlines()[-1]

    def add_device(self, name: str, worker: str, template: str = "qemu") -> None:
        """Adds a device of one of LAVA's own types, unchanged."""
        self.write(f"/etc/lava-server/dispatcher-config/devices/{name}.jinja2",
                   f"{{% extends '{template}.jinja2' %}}\n", "lavaserver:lavaserver")
        self.manage("devices", "add", "--device-type", template, "--worker", worker, name)

    def add_worker(self, name: str) -> None:
        self.manage("workers", "add", name)
        self.write(f"/etc/lava-server/dispatcher.d/{name}/dispatcher.yaml", DISPATCHER)

    def start_worker(self, name: str) -> Service:
        token = self.manage("workers", "details", name)
        token = next(line.split(":", 1)[1].strip() for line in token.splitlines()
                     if "token" in line.lower())
        return self.start(name, "lava-worker", "--name", name, "--url", f"{URL}/", "--token",
                          token, "--ws-url", "http://127.0.0.1:8001/ws/", "--worker-dir",
                          f"/var/lib/lava/dispatcher/{name}", "--ping-interval", "5",
                          "--job-log-interval", "2", "--log-file", "-", "--level", "INFO")


def child_of(pid: int) -> int:
    """The id of a process's only child, in this machine's PID namespace."""
    deadline = time.monotonic() + START_LIMIT_S
    while time.monotonic() < deadline:
        for path in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = path.read_text(errors="replace").rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[1]) == pid:
                return int(path.parent.name)
        time.sleep(0.05)
    raise SetupError("the lab's process 1 did not appear")
