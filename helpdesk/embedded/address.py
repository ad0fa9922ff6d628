"""Where the web server listens."""

import socket
from dataclasses import dataclass

from helpdesk.embedded.processes import ServiceError

USUAL = "127.0.0.1:8000"


@dataclass(frozen=True)
class Address:
    """A host and a port to listen on."""

    host: str
    port: int

    @classmethod
    def parse(cls, bind: str) -> "Address":
        """Read `HOST:PORT`; raises `ServiceError`."""
        host, _, port = bind.rpartition(":")
        if not host or not port.isdigit() or not 0 < int(port) < 65536:
            raise ServiceError(f"--bind wants HOST:PORT, for example 127.0.0.1:8001, not {bind!r}.")
        return cls(host.strip("[]"), int(port))

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def reachable(self) -> "Address":
        """The address under which this machine itself reaches the server."""
        everywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 (compared, not bound)
        return Address(everywhere.get(self.host, self.host), self.port)

    def require_free(self) -> None:
        """Raise `ServiceError` when somebody else listens there."""
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.host, self.port))
                probe.listen()
            except OSError as error:
                other = Address(self.host, self.port + 1)
                raise ServiceError(
                    f"The desk cannot listen on {self} ({error.strerror}): end the program that"
                    f" uses it, or choose another address: python3 desk up --bind {other}"
                ) from error
