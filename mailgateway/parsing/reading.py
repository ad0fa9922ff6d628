"""What a letter says, put together from its parts: text, HTML, files."""

import binascii
import re
from dataclasses import replace
from urllib.parse import unquote_to_bytes

from mailgateway.parsing import bodies, calendars, files, rtf, structure, tnef
from mailgateway.parsing.bodies import Segment
from mailgateway.parsing.structure import Part
from mailgateway.parsing.values import ParsedFile

_MOST_TEXT = 4 * 1024 * 1024  # bytes that are read as text; nobody reads more on a page
_CALENDARS = ("text/calendar", "application/ics")
_RICH = ("text/rtf", "application/rtf")
# They say once more what their neighbours in multipart/alternative say.
_REPETITIONS = ("text/x-amp-html", "text/watch-html")


class Reading:
    """What has been read of a letter so far."""

    def __init__(self, root: Part, problems: list[str], forced: str | None = None) -> None:
        self.root = root
        self.forced = forced  # a codec to read all text in
        self.problems = problems
        self.segments: list[Segment] = []
        self.files: list[ParsedFile] = []
        self.locations: dict[int, str] = {}  # Content-Location by place in `files`
        self.charset = self.label = self.method = ""
        self.certain = True
        self.fallback: str | None = None  # for raw 8-bit headers: what the body turned out to be
        self.instead: list[Segment] = []  # to read where the letter has no words of its own
        self.text = self.html = ""
        self.room = _MOST_TEXT

    def take(self, part: Part) -> None:
        """Read one part, as something to read or as a file."""
        data = structure.payload(part, self.problems)
        if bodies.is_body(part, self.root, is_first=not (self.segments or self.files)):
            self._take_body(part, data)
        elif part.content_type not in _REPETITIONS:
            self._take_file(part, data)

    def _take_body(self, part: Part, data: bytes) -> None:
        """Add a text or HTML part to what is read, beside its alternatives."""
        if part.content_type != "text/html":
            data, written_in = files.without_uuencode(data, self.fallback)
            self.files += written_in
        if len(data) > self.room:
            if "text-cut" not in self.problems:
                self.problems.append("text-cut")
            data = data[: self.room]
        self.room -= len(data)
        found = bodies.text_of(part, data, self.forced)
        if not found.certain and "charset-guessed" not in self.problems:
            self.problems.append("charset-guessed")
        self.certain = self.certain and found.certain
        telling = self.fallback is None and not data.isascii()
        if not self.charset or telling:
            self.charset, self.label = found.charset, found.label
        if telling:
            self.fallback = found.charset
        last = self.segments[-1] if self.segments else None
        if last is None or not part.alternative or last.alternative != part.alternative:
            last = Segment(part.alternative)
            self.segments.append(last)
        (last.html if part.content_type == "text/html" else last.text).append(found.text)

    def _take_file(self, part: Part, data: bytes) -> None:
        name = files.claimed_name(part, self.fallback)
        if not name:
            name = files.default_name(part, data, len(self.files) + 1, self.fallback)
        self.locations[len(self.files)] = files.content_location(part)
        self.files.append(ParsedFile(name, part.content_type, data, files.content_id(part)))
        if part.content_type in _CALENDARS:
            text = bodies.text_of(part, data).text
            self.method = self.method or calendars.method_of(text)
            self.instead.append(Segment(0, text=[calendars.summary(text)]))
        elif part.content_type in _RICH:
            self._take_rich(data)
        elif part.content_type in tnef.TYPES or name.lower() == "winmail.dat":
            self._take_envelope(data)

    def _take_rich(self, data: bytes) -> None:
        text, html = rtf.read(data)
        self.instead.append(Segment(0, text=[text], html=[html] if html.strip() else []))

    def _take_envelope(self, data: bytes) -> None:
        """The files in a winmail.dat, beside itself; its words, if there are no others."""
        envelope = tnef.unpack(data)
        if envelope is None:
            return
        if envelope.text.strip() or envelope.html.strip():
            html = [envelope.html] if envelope.html.strip() else []
            self.instead.insert(0, Segment(0, text=[envelope.text], html=html))
        elif envelope.rtf:
            self._take_rich(envelope.rtf)
        for number, one in enumerate(envelope.files[: structure.MOST_PARTS], 1):
            kind = one.content_type if re.fullmatch(r"[\w.+-]+/[\w.+-]+", one.content_type) else ""
            self.files.append(
                ParsedFile(
                    files.safe_name(one.name) or f"file-{number}.bin",
                    kind or "application/octet-stream",
                    one.content,
                    one.content_id,
                )
            )

    def finish(self) -> None:
        """Put the pieces together and find out which files the HTML shows."""
        if not any(segment.says_something for segment in self.segments):
            self.segments += [one for one in self.instead if one.says_something][:1]
        self.text = bodies.joined([segment.as_text() for segment in self.segments])
        if any(segment.html for segment in self.segments):
            self.html = self._with_pictures("\n".join(one.as_html() for one in self.segments))

    def _with_pictures(self, html: str) -> str:
        """HTML that names its pictures by `cid:`; those files are marked."""
        html, lifted = bodies.lift_pictures(html)
        for cid, kind, data in lifted:
            letters = re.sub(rb"[^A-Za-z0-9+/]", b"", unquote_to_bytes(data))
            letters = letters[:-1] if len(letters) % 4 == 1 else letters
            content = binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))
            self.files.append(ParsedFile(f"{cid[:-5]}.{kind}", f"image/{kind}", content, cid))
        shown = bodies.shown_names(html)
        known = {}
        for place, file in enumerate(self.files):
            location = self.locations.get(place, "").lower()
            names = (file.content_id.lower(), location)
            if any(name and name in shown for name in names) or (
                file.name.lower() in shown and file.content_type.startswith("image/")
            ):
                cid = file.content_id or file.name
                self.files[place] = replace(file, inline=True, content_id=cid)
                known.update({name: cid for name in (*names, file.name.lower()) if name})
        return bodies.link_pictures(html, known)
