"""How much memory something takes at its highest point."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

STATUS = Path("/proc/self/status")
FORGET_THE_PEAK = "5"


@dataclass
class Growth:
    """Filled at the end of the block: by how much this process grew at most."""

    megabytes: float = 0.0


@contextmanager
def peak_memory() -> Iterator[Growth]:
    """Watch this process (Linux): the highest memory in the block above that at its beginning."""
    grown = Growth()
    Path("/proc/self/clear_refs").write_text(FORGET_THE_PEAK)
    before = _kilobytes("VmRSS")
    yield grown
    grown.megabytes = (_kilobytes("VmHWM") - before) / 1024


def _kilobytes(name: str) -> int:
    found = re.search(rf"^{name}:\s+(\d+) kB", STATUS.read_text(), re.MULTILINE)
    assert found is not None
    return int(found[1])
