"""Tries from inside a container what a hostile plugin would try, and prints as JSON how far it came.

Not imported by tests: the image of test_docker_container.py starts it.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
from contextlib import suppress
from pathlib import Path

TMP = "/tmp"  # noqa: S108  in the container
OPEN_TO_ALL = (TMP, "/dev/shm", "/run/lock", "/var/tmp")  # noqa: S108
FOLDERS = ("/", "/dev", "/etc", "/home", "/opt/protoctl", "/opt/protoctl/bin", "/root", "/usr", *OPEN_TO_ALL)
ADDRESSES = (("1.1.1.1", 53), ("169.254.169.254", 80), ("172.17.0.1", 22))
ORDINARY = {"HOME", "HOSTNAME", "LC_ALL", "NODE_EXTRA_CA_CERTS", "PATH", "TZ"}
"""Variables that protoctl, the engine and the base image of the tests set."""
VIRTUAL = {"cgroup", "cgroup2", "devpts", "mqueue", "overlay", "proc", "sysfs", "tmpfs"}
OF_THE_ENGINE = {"/etc/hostname", "/etc/hosts", "/etc/resolv.conf", "/sbin/docker-init", "/usr/sbin/docker-init"}
PROCESSES = 1000


def status(name: str) -> str:
    """Give a line of this process's status."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(line.split()[1] for line in lines if line.startswith(f"{name}:"))


def connected() -> list[str]:
    """Give the hosts that answered."""
    found = []
    for address in ADDRESSES:
        with suppress(OSError):
            socket.create_connection(address, timeout=1).close()
            found.append(address[0])
    return found


def written() -> list[str]:
    """Give the folders in which a file could be made."""
    found = []
    for folder in FOLDERS:
        with suppress(OSError):
            Path(folder, "probe-file").write_text("x")
            found.append(folder)
    return found


def executed() -> list[str]:
    """Give what could be run after it was written."""
    target = Path(TMP, "program")
    shutil.copy("/bin/true", target)
    with suppress(OSError):
        subprocess.run([target], check=True)
        return [str(target)]
    return []


def became_root() -> bool:
    """Tell whether this process could change its user."""
    with suppress(OSError):
        os.setuid(0)
    return os.getuid() == 0


def processes_are_bounded() -> bool:
    """Tell whether a thousand children could not be started."""
    children: list[int] = []
    try:
        for _ in range(PROCESSES):
            child = os.fork()
            if not child:
                signal.pause()
            children.append(child)
    except OSError:
        return True
    finally:
        for child in children:
            os.kill(child, signal.SIGKILL)
    return False


def host_files() -> list[str]:
    """Give the places at which a file system of the host is mounted."""
    lines = [line.split() for line in Path("/proc/mounts").read_text().splitlines()]
    return [place for _, place, kind, *_ in lines if kind not in VIRTUAL and place not in OF_THE_ENGINE]


def capabilities() -> int:
    """Give all sets of capabilities, also those that a program could gain."""
    return sum(int(status(name), 16) for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"))


print(  # noqa: T201  for the test outside
    json.dumps(
        {
            "user": [os.getuid(), os.getgid()],
            "capabilities": capabilities(),
            "no_new_privileges": status("NoNewPrivs"),
            "interfaces": [name for _, name in socket.if_nameindex()],
            "connected": connected(),
            "written": written(),
            "executed": executed(),
            "became_root": became_root(),
            "processes_are_bounded": processes_are_bounded(),
            "host_files": host_files(),
            "environment": sorted(set(os.environ) - ORDINARY),
        }
    )
)
