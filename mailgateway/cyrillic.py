"""How much a text looks like Russian or Ukrainian, letter pair by letter pair.

Bytes read in the wrong Cyrillic charset are Cyrillic letters as well, so letters alone say little;
which letter follows which says much, and so does where the capitals stand.
"""

_ALPHABET = " абвгдежзийклмнопрстуфхцчшщъыьэюяёіїєґ'"
# Row: the letter before (the first row: the beginning of a word). Column: the letter after it (the
# first: the end of the word). 0 is never, 9 is half of the time or more; a step is a bit and a
# fifth. Counted over half a million letters of each language.
_PAIRS = """
    066847437637568786766535554000505051300
    806756556266768066684245662000045100500
    673003702607846807408053207670204060005
    880526742806636735656041321062004080003
    673105500701725908067000000000000060000
    683414852706757876556130110045004260002
    834657455367668448770333443000011100200
    775007900805748610235000400002000050000
    896746420505477755306002141053013040005
    935645636576676356880664544000046000100
    903316020005756610770000350000000000000
    781300521702715807677004004000200060000
    672030840806305800206000400048078360000
    882500800705755850017000300050006270005
    680115802804008800466423140066037260100
    807867566456776567770243652000043014000
    570000700805405958336003200041003070003
    780644851804156823567132040053025060000
    764521710707645774596042230057027050000
    780601800805236847626010200058013350000
    925857655056665075770330725000063000600
    280000600800400808055000000000000080000
    940600400600134808344500000000100060000
    660400800903003200005000000057066092000
    780000900805307500075000020003000570000
    770400800905607605086000000003000350000
    260000900800002900006000000005000630000
    222222922222222222222222222222224622222
    906615802084772054470070450000000000000
    900000307347067600760003060000042000000
    000020000008825000390000060000000000000
    904616242012334002270000917000040000500
    902636535007164004360045105000043000300
    811114143118569115391131111111111111111
    844749056067767326760042454000055006500
    900000000000045000030060000000000005000
    900207000007066004680000000000050006000
    666666866666666666666666666666666666666
    111111111111111111111111111111159111911
"""
_PLACES = {letter: place for place, letter in enumerate(_ALPHABET)}
_STEPS = [[int(step) / 2 - 2.6 for step in row] for row in _PAIRS.split()]
_APOSTROPHES = frozenset("'\u2019\u02bc")  # stand inside Ukrainian words
_OPENING = frozenset("«“‘„")
_CLOSING = frozenset("»”’“…")
_OTHER_SIGNS = frozenset("\u2014\u2013№•€©®°·\xa0")
_HARD_TO_BELIEVE = -6.0
_BADLY_PLACED = -2.5


def likeness(text: str) -> float:
    """From -6 (impossible) to about 1.5 (ordinary words): the mean over characters that are not
    ASCII. 0 where there are none."""
    total, count = 0.0, 0
    before, small_word, capitals = " ", False, 0
    for char, after in zip(text, f"{text[1:]} ", strict=True):
        lower = char.lower()
        place = _PLACES.get(lower, 0)
        if char > "\x7f":
            count += 1
            total += _letter(lower, before, after) if place else _sign(char, before, after)
            if place and char != lower:  # a capital: at the start of a word and among capitals
                total -= 3.0 if small_word or before.islower() else 0.4
            elif place and capitals > 1:
                total -= 1.5
        if not before.isalpha() and before not in _APOSTROPHES:
            small_word, capitals = char.islower(), 0
        capitals += char.isupper()
        before = char
    return total / count if count else 0.0


def _letter(lower: str, before: str, after: str) -> float:
    """How usual a letter is between its neighbours."""
    if not before.isalpha() and not after.isalpha():
        return 0.0  # a word of one letter is one in any language
    score = _STEPS[_PLACES.get(before.lower(), 0)][_PLACES[lower]]
    if after.lower() not in _PLACES or after == " ":
        score += _STEPS[_PLACES[lower]][0] / 2
    if _latin(before) or _latin(after):
        score -= 3.0  # two alphabets in one word
    return score


def _latin(char: str) -> bool:
    return char < "\x80" and char.isalpha()


def _sign(char: str, before: str, after: str) -> float:
    """How usual a sign is between its neighbours."""
    if char in _APOSTROPHES and before.isalpha() and after.isalpha():
        return 0.0
    if char in _OPENING and not before.isalnum():
        return -0.5
    if char in _CLOSING and not after.isalnum() and before != " ":
        return -0.5
    if char not in _OPENING | _CLOSING | _OTHER_SIGNS or (before.isalpha() and after.isalpha()):
        return _HARD_TO_BELIEVE
    if char in _OTHER_SIGNS and not before.isalpha() and not after.isalpha():
        return -0.5
    return _BADLY_PLACED
