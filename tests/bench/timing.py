"""Runs commands and measures them: processor time, time on the wall, peak memory.

Processor time and memory are those that the kernel accounts to that one process when it ends.
"""

import ctypes
import dataclasses
import os
import pathlib
import re
import subprocess
import tempfile
import threading
import time

# Settings of the user must not reach what is measured, and `wc` counts words of UTF-8 in this locale.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("TOKENIZE_")}
ENVIRONMENT["LC_ALL"] = "C.UTF-8"

LONGEST = 600  # Seconds after which a run is given up.
ANOTHER_PARENT = 36  # PR_SET_CHILD_SUBREAPER of Linux.


class Failed(Exception):
    """A command ended with an error; the text is its reason, in one line."""


@dataclasses.dataclass
class Run:
    out: str
    wall: float
    processor: float


def run(command, stdin=subprocess.DEVNULL):
    """Runs a command to its end."""
    with tempfile.TemporaryFile() as error:
        start = time.perf_counter()
        process = subprocess.Popen(
            command, stdin=stdin, stdout=subprocess.PIPE, stderr=error, env=ENVIRONMENT, start_new_session=True
        )
        limit = threading.Timer(LONGEST, process.kill)
        limit.start()
        out = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        limit.cancel()
        process.stdout.close()
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            error.seek(0)
            raise Failed(reason(error.read().decode(errors="replace"), process.returncode))
    return Run(out.decode(), wall, usage.ru_utime + usage.ru_stime)


def run_in_pipe(command, path):
    """Runs a command with a file on its standard input, through a pipe that `cat` fills."""
    cat = subprocess.Popen(["cat", path], stdout=subprocess.PIPE)
    done = run(command, cat.stdout)
    cat.stdout.close()
    cat.wait()
    return done


def reason(error, status):
    """Why a command failed: the line that names an error, else the last one."""
    lines = [line.strip() for line in error.splitlines() if line.strip()]
    named = [line for line in lines if re.match(r"[\w.]*(Error|Exception|Exit)\b", line)]
    line = (named or lines or [""])[-1] if status > 0 else f"ended by signal {-status}"
    line = re.sub(r"(?<![\w.])/\S+/", "", line)  # No folders of this machine.
    return line[:160] or f"exit status {status}"


def wall(command):
    """Seconds from the start of a process to its end, for commands that end at once; their output goes nowhere."""
    null = [(os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0)]
    null += [(os.POSIX_SPAWN_OPEN, to, os.devnull, os.O_WRONLY, 0) for to in (1, 2)]
    start = time.perf_counter()
    pid = os.posix_spawnp(command[0], command, ENVIRONMENT, file_actions=null)
    _, status = os.waitpid(pid, 0)
    seconds = time.perf_counter() - start
    if status:
        raise Failed(f"{pathlib.Path(command[0]).name}: exit status {os.waitstatus_to_exitcode(status)}")
    return seconds


def peak_memory(command, chunks=()):
    """The largest resident memory of a process in bytes, and its standard output.

    The kernel's account of a new process begins with the memory of the one that started it, and Python's is more
    than what is measured. So a shell starts it and leaves, and this process waits in the shell's place. Until the
    shell is gone the other one waits for somebody to open a named pipe.
    """
    if ctypes.CDLL(None).prctl(ANOTHER_PARENT, 1, 0, 0, 0):
        raise Failed("this system cannot wait for the child of a child")
    with tempfile.TemporaryDirectory() as folder:
        gate, out = pathlib.Path(folder, "gate"), pathlib.Path(folder, "out")
        os.mkfifo(gate)
        script = f'exec 3<&0; (read _ <{gate}; exec "$@" <&3 3<&- >{out}) & echo $!'
        inlet = subprocess.PIPE if chunks else subprocess.DEVNULL
        shell = subprocess.Popen(
            ["sh", "-c", script, "sh", *command], stdin=inlet, stdout=subprocess.PIPE, env=ENVIRONMENT
        )
        pid = int(shell.stdout.readline())
        shell.wait()
        gate.write_bytes(b"")
        if chunks:
            with shell.stdin as pipe:
                for chunk in chunks:
                    pipe.write(chunk)
        shell.stdout.close()
        _, status, usage = os.wait4(pid, 0)
        if status:
            raise Failed(f"exit status {os.waitstatus_to_exitcode(status)}")
        return usage.ru_maxrss * 1024, out.read_text()
