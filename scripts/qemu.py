# SPDX-License-Identifier: GPL-2.0-only
"""One emulated machine: starts QEMU, talks to the guest, and makes sure that it ends.

The machine has two serial ports, which QEMU connects to pipes: the kernel's console,
which is only read, and the channel (a PCI serial port, for which the kernel needs no
module), on which the guest's init takes requests.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import secrets
import shutil
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from scripts.errors import SetupError
from scripts.machine_time import MachineClock
from scripts.targets import Target

# Accelerators, and the architectures of targets that each can run: no 64-bit host's KVM
# runs a 32-bit kernel in HYP mode.
ACCELERATORS = {"tcg": ("arm64", "arm"), "kvm": ("arm64",)}

# panic=-1: restart at once, which with -no-reboot ends QEMU.
# printk.devkmsg=on: the tests announce themselves in the log; none may be lost.
APPEND = "panic=-1 oops=panic printk.devkmsg=on loglevel=7"

# Turns the kernel's watchdogs off, or raises their limits: under emulation, the host may keep a CPU
# from running, and the runner ends machines that really hang. RCU's limit is 300 s at most.
STARVED = "rcupdate.rcu_cpu_stall_timeout=300 nosoftlockup sysctl.kernel.hung_task_timeout_secs=0"

# Factor for the limits of programs inside the machine, whose clock continues while the machine is
# stopped. The runner's own limits take effect first.
PATIENCE = "patience=100"

PANIC = "Kernel panic"
# The time after a panic's message in which QEMU may end; then it is killed.
PANIC_GRACE_S = 5.0
POWEROFF_S = 5.0

READ_SIZE = 65536
# The size of a pipe, large so that a reader may be late: serial ports write byte by byte, and the
# guest's time continues while a port waits for its reader. (A socket pair is full after a few
# hundred bytes, because each byte counts as a packet.)
PIPE_SIZE = 1 << 20
# The time in which a pipe fills before it is read: a reader that wakes up for each byte takes the
# CPU from the machine that writes.
GATHER_S = 0.005
# A line that never ends is passed on in pieces of this many bytes.
LINE_LIMIT = 65536
# How often to read the machine's time.
POLL_S = 0.5
# A machine that gets no time from its host has not failed, but its run has to end: it ends if no
# line comes for this wall time, and the machine could run for less than a thousandth of the time.
STARVED_LIMIT_S = 1800


class Starved(Exception):
    """The host gave the machine no time."""


class MachineGone(Exception):
    """The machine has ended; the text says how."""


@dataclass(frozen=True)
class Reply:
    """A line from the guest's init and not from a program: "@<token> <word> <rest>"."""

    word: str
    rest: str


@dataclass(frozen=True)
class Images:
    """The files that a machine boots. device_tree: None if QEMU makes it."""

    kernel: Path
    initramfs: Path
    device_tree: Path | None = None


@dataclass(frozen=True)
class Logs:
    """Files for all output of a machine, as bytes, unbuffered."""

    channel: BinaryIO
    console: BinaryIO


def check_host(targets: Sequence[Target], accel: str, host: str) -> None:
    """Raises SetupError if this host cannot emulate these targets.

    host is the machine name of uname(2).
    """
    for target in targets:
        if not target.qemu_suite and not shutil.which(target.qemu):
            raise SetupError(f"expected the command {target.qemu} for target "
                             f"{target.name}, found none; "
                             "apt-get install qemu-system-arm")
    if not shutil.which("setpriv"):
        raise SetupError("expected the command setpriv, found none; "
                         "apt-get install util-linux")
    if accel != "kvm":
        return
    if host not in ("aarch64", "arm64"):
        raise SetupError("ACCEL=kvm: expected an arm64 host, this is "
                         f"{host}; leave ACCEL out to emulate")
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        raise SetupError("ACCEL=kvm: expected a /dev/kvm that can be read and "
                         "written, found none; leave ACCEL out to emulate, "
                         "or become a member of its group")


# One thread for each emulated machine, unless the target is a parallel one: several
# machines run at once, and with a thread for each CPU, two CPUs of one machine that wait for
# each other cost twice the time.
ONE_THREAD, THREADS = "tcg,thread=single", "tcg,thread=multi"
# A 32-bit kernel invalidates TLB entries page by page, and with several CPUs it
# broadcasts each one: under emulation, each broadcast is a rendezvous of all CPUs. The kernel does
# so for thousands of pages before it starts init, and for more than 100,000 when it frees the init
# section of a module, which takes a minute. With one CPU online that takes half a second, so
# guest/late-cpus brings the other CPUs online when the modules are loaded.
LATE_CPUS = "maxcpus=1"

# Instructions can be counted on one thread only. Two runs count the same only if they do not depend
# on the time of day or on the kernel's random numbers, which determine addresses and the content of
# its tables.
COUNTED = ["-accel", "tcg", "-icount", "shift=0,sleep=off"]
ALIKE = ["-seed", "1", "-rtc", "base=2026-01-01,clock=vm"]
# The kernel's random numbers depend on its command line, too.
COUNTED_TOKEN = "instructions"


def emulated(target: Target, late_cpus: bool) -> list[str]:
    """QEMU's options for emulation. late_cpus: CPUs come up when the modules are loaded."""
    if target.icount:
        return COUNTED
    parallel = target.parallel or target.arch == "arm" and not late_cpus
    return ["-accel", THREADS if parallel else ONE_THREAD]


def command_line(target: Target, images: Images, accel: str, token: str,
                 console_fd: int, ahead: Sequence[str] = ()) -> list[str]:
    """Returns QEMU's command line, wrapped so that QEMU dies with this process.

    ahead: requests that guest/init takes from the kernel's command line, without waiting.
    """
    append = (f"console={target.console} {APPEND} {STARVED} {PATIENCE} token={token} "
              f"{target.kernel_words}").rstrip()
    if ahead:
        append += f' ahead="{";".join(ahead)}"'
    if target.icount:
        emulation = [*emulated(target, late_cpus=False), *ALIKE]
    elif accel == "kvm":
        emulation = ["-accel", "kvm"]
    else:
        emulation = emulated(target, late_cpus=True)
        if target.arch == "arm":
            append += f" {LATE_CPUS}"
    return [
        "setpriv", "--pdeathsig", "KILL", "--",
        target.qemu, "-nodefaults", "-no-user-config", "-display", "none",
        # Names threads after the CPUs that they run: noise_maker.py lets a thread starve.
        "-name", "debug-threads=on",
        "-net", "none", "-no-reboot", *emulation,
        "-machine", target.machine,
        "-cpu", "host" if accel == "kvm" else target.cpu,
        "-smp", str(target.smp), "-m", target.memory,
        "-chardev", f"file,id=console,path=/dev/fd/{console_fd}",
        "-serial", "chardev:console",
        "-chardev", "stdio,id=channel,signal=off",
        "-device", "pci-serial,chardev=channel",
        "-kernel", str(images.kernel), "-initrd", str(images.initramfs),
        *(["-dtb", str(images.device_tree)] if images.device_tree else []),
        "-append", append,
    ]


class Machine:
    """A machine, from power-on to power-off.

    Call start(), then read() and command(), and always stop(). `console` holds the lines of the
    kernel log so far.
    """

    def __init__(self, target: Target, logs: Logs) -> None:
        self._target = target
        self._logs = logs
        self._token = COUNTED_TOKEN if target.icount else secrets.token_hex(6)
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()
        self._requests: BinaryIO | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._clock: MachineClock | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._error: OSError | None = None
        self._stderr = b""
        self.console: list[str] = []

    # ---- start ----

    async def start(self, images: Images, accel: str, ahead: Sequence[str] = ()) -> None:
        """Starts QEMU. Raises SetupError if that is impossible."""
        console, console_far = _pipe()
        channel, channel_far = _pipe()
        requests_far, self._requests = _pipe()
        try:
            self._process = await asyncio.create_subprocess_exec(
                *command_line(self._target, images, accel, self._token,
                              console_far.fileno(), ahead),
                stdin=requests_far, stdout=channel_far,
                stderr=asyncio.subprocess.PIPE,
                pass_fds=[console_far.fileno()],
                # Ctrl-C on the terminal must not reach QEMU; this process ends it.
                start_new_session=True)
        except OSError as error:
            for end in (console, channel, self._requests):
                end.close()
            raise SetupError(f"cannot start {self._target.qemu}: "
                             f"{error.strerror}") from error
        finally:
            for end in (console_far, channel_far, requests_far):
                end.close()
        self._clock = MachineClock(self._process.pid)
        self._tasks = [
            asyncio.create_task(self._pump_channel(channel)),
            asyncio.create_task(self._pump_console(console)),
            asyncio.create_task(self._pump_stderr()),
        ]

    # ---- output ----

    async def _pump_channel(self, end: BinaryIO) -> None:
        try:
            async for line in _lines(end, self._logs.channel):
                self._lines.put_nowait(line)
        except OSError as error:
            self._error = error
        self._lines.put_nowait(None)

    async def _pump_console(self, end: BinaryIO) -> None:
        try:
            async for line in _lines(end, self._logs.console):
                self.console.append(line)
                if PANIC in line:
                    asyncio.get_running_loop().call_later(
                        PANIC_GRACE_S, self.kill)
        except OSError as error:
            self._error = error
            self._lines.put_nowait(None)

    async def _pump_stderr(self) -> None:
        while data := await self._process.stderr.read(READ_SIZE):
            self._stderr = (self._stderr + data)[-READ_SIZE:]

    def time_s(self) -> float:
        """Returns the seconds in which the machine could run since its start."""
        return self._clock.now() if self._clock else 0.0

    async def _line(self, limit_s: float) -> str | None:
        """Returns the next line. Raises TimeoutError after limit_s of the machine's time."""
        if not self._lines.empty():
            return self._lines.get_nowait()
        begin_s, began = self.time_s(), time.monotonic()
        while (left_s := begin_s + limit_s - (now_s := self.time_s())) > 0:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(min(left_s, POLL_S)):
                    return await self._lines.get()
            past_s = time.monotonic() - began
            if past_s > STARVED_LIMIT_S and now_s - begin_s < past_s / 1000:
                raise Starved(f"the machine had {now_s - begin_s:.1f} s of the last "
                              f"{past_s:.0f} s: "
                              "is QEMU stopped?")
        raise TimeoutError

    async def read(self, limit_s: float) -> str | Reply:
        """Returns the next line of the channel.

        Raises TimeoutError after limit_s seconds of the machine's time without a line,
        MachineGone if the machine has ended, Starved if the machine gets no time, OSError
        if a log cannot be written.
        """
        line = await self._line(limit_s)
        if self._error:
            raise self._error
        if line is None:
            self._lines.put_nowait(None)
            raise MachineGone(await self._obituary())
        mark = f"@{self._token} "
        if line.startswith(mark):
            word, _, rest = line.removeprefix(mark).strip().partition(" ")
            return Reply(word, rest)
        return line

    async def _obituary(self) -> str:
        """Waits for the rest of the console. Returns how the machine ended."""
        await asyncio.wait(self._tasks, timeout=PANIC_GRACE_S)
        if self._error:
            raise self._error
        panics = [line for line in self.console if PANIC in line]
        if panics:
            text = panics[0][panics[0].index(PANIC):]
            causes = [line for line in self.console
                      if "Unable to handle" in line or "Internal error" in line
                      or "kernel BUG at" in line]
            cause = f" ({causes[0].split('] ', 1)[-1]})" if causes else ""
            return f"the kernel panicked: {text}{cause}"
        errors = self._stderr.decode(errors="replace").strip()
        if errors:
            return f"QEMU ended: {errors.splitlines()[-1]}"
        if any("reboot: Power down" in line for line in self.console):
            return "the machine powered off"
        return "the machine was reset, without a panic"

    # ---- input ----

    async def command(self, line: str) -> None:
        """Sends one line to the guest's init."""
        try:
            self._requests.write(line.encode() + b"\n")
        except BrokenPipeError:
            pass  # read() reports why

    # ---- end ----

    def kill(self) -> None:
        """Ends QEMU at once; does nothing if it has ended."""
        if self._process and self._process.returncode is None:
            try:
                os.killpg(self._process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass

    async def power_off(self) -> None:
        """Lets the guest end by itself, so that its log is complete."""
        await self.command("poweroff")
        try:
            async with asyncio.timeout(POWEROFF_S):
                await self._process.wait()
        except TimeoutError:
            pass

    async def stop(self) -> None:
        """Ends QEMU if it runs, and waits for all of its output."""
        self.kill()
        if self._process:
            await self._process.wait()
        if self._tasks:
            _, stuck = await asyncio.wait(self._tasks, timeout=PANIC_GRACE_S)
            for task in stuck:
                task.cancel()
        if self._requests:
            self._requests.close()
            self._requests = None
        if self._error:
            raise self._error


def _pipe() -> tuple[BinaryIO, BinaryIO]:
    """Returns both ends of a large pipe, first the end to read from."""
    ends = os.pipe()
    with contextlib.suppress(OSError):  # the user's pipes may have reached their limit
        fcntl.fcntl(ends[1], fcntl.F_SETPIPE_SZ, PIPE_SIZE)
    return open(ends[0], "rb", buffering=0), open(ends[1], "wb", buffering=0)


async def _readable(end: BinaryIO) -> None:
    """Waits until there is something to read, or the end."""
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_reader(end, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(end)


async def _lines(end: BinaryIO, log: BinaryIO):
    """Yields the lines of a pipe, writes all of it to log, and closes the pipe at its end."""
    rest = b""
    with end:
        while True:
            await _readable(end)
            await asyncio.sleep(GATHER_S)
            if not (data := end.read(READ_SIZE)):
                break
            log.write(data)
            *complete, rest = (rest + data).split(b"\n")
            while len(rest) > LINE_LIMIT:
                complete.append(rest[:LINE_LIMIT])
                rest = rest[LINE_LIMIT:]
            for line in complete:
                yield line.decode(errors="backslashreplace").rstrip("\r")
    if rest:
        yield rest.decode(errors="backslashreplace").rstrip("\r")
