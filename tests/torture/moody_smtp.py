"""An SMTP server that fails in every way there is, at random, and knows what it did."""

import asyncio
import random
import re
import threading
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from typing import NoReturn

from helpdesk.embedded.processes import free_port


@dataclass(frozen=True)
class Mood:
    """What goes wrong in one conversation.

    At `at` (a verb, `greeting`, `middle` of the letter, or `dot`, its end) the server waits `wait`
    seconds and says `answer` instead of what is usual, or hangs up where that is empty. `kept`:
    whether it has the letter in spite of that.
    """

    at: str = "dot"
    answer: str = ""
    kept: bool = False
    wait: float = 0.0


GOOD = Mood("dot", "250 taken", kept=True)
BAD_MOODS = {
    Mood("greeting"): 2,
    Mood("greeting", "421 too busy"): 2,
    Mood("EHLO"): 2,
    Mood("MAIL"): 2,
    Mood("MAIL", "451 later"): 4,
    Mood("RCPT"): 2,
    Mood("RCPT", "450 mailbox busy"): 5,
    Mood("RCPT", "550 no such person"): 3,
    Mood("DATA"): 2,
    Mood("DATA", "451 no room"): 4,
    Mood("middle"): 3,
    Mood("dot", "452 full"): 5,
    Mood("dot", "554 no"): 3,
    Mood("dot", "421 closing"): 2,
    Mood("dot", "250 taken late", kept=True, wait=0.5): 5,
    Mood("dot"): 4,
    Mood("dot", kept=True): 4,
    Mood("dot", wait=1.5): 3,
    Mood("dot", kept=True, wait=1.5): 3,
}


@dataclass(frozen=True)
class Try:
    """A letter that came as far as its final dot: what was said to it (empty: nothing), and whether
    the server has it."""

    letter_id: str
    answer: str
    kept: bool


class _HangsUp(ConnectionError):
    """The server has had enough."""


class MoodySmtp:
    """Serves in a thread, in a mood drawn for each connection; at first always in a good one."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.moods = {GOOD: 1}
        self.host, self.port = "127.0.0.1", free_port()
        self.tries: list[Try] = []
        self.drawn: Counter[Mood] = Counter()

    def be_moody(self) -> None:
        """From now on something goes wrong every other time."""
        self.moods = {GOOD: sum(BAD_MOODS.values()), **BAD_MOODS}

    def __enter__(self) -> "MoodySmtp":
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        serving = asyncio.start_server(self._talk, self.host, self.port, limit=2**22)
        self.server = asyncio.run_coroutine_threadsafe(serving, self.loop).result(10)
        return self

    def __exit__(self, *_error: object) -> None:
        self.loop.call_soon_threadsafe(self.server.close)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(5)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        mood = self.chance.choices(list(self.moods), list(self.moods.values()))[0]
        self.drawn[mood] += 1
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await _Conversation(mood, reader, writer, self.tries).go_on()
        writer.close()


@dataclass
class _Conversation:
    mood: Mood
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    tries: list[Try] = field(repr=False)

    async def go_on(self) -> None:
        """Until one of the two hangs up."""
        await self._say("greeting", "220 moody")
        while line := (await self.reader.readline()).decode("utf-8", "replace").strip():
            verb = line.split(maxsplit=1)[0].upper()
            if verb == "DATA":
                await self._take()
            else:
                await self._say(verb, "221 bye" if verb == "QUIT" else "250 ok")

    async def _take(self) -> None:
        if not (await self._say("DATA", "354 go on")).startswith("354"):
            return
        if self.mood.at == "middle":
            await self.reader.read(100)
            self._hang_up()
        content = await self.reader.readuntil(b"\r\n.\r\n")
        found = re.search(rb"(?im)^message-id:\s*<([^>]+)>", content)
        how = self.mood if self.mood.at == "dot" else GOOD
        self.tries.append(Try(found[1].decode() if found else "", how.answer[:3], how.kept))
        await self._say("dot", GOOD.answer)

    async def _say(self, at: str, usual: str) -> str:
        answer = usual
        if self.mood.at == at:
            await asyncio.sleep(self.mood.wait)
            answer = self.mood.answer or self._hang_up()
        self.writer.write(f"{answer}\r\n".encode())
        await self.writer.drain()
        if answer.startswith("421"):
            self._hang_up()
        return answer

    def _hang_up(self) -> NoReturn:
        raise _HangsUp
