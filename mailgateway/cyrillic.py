"""How much a text looks like Russian or Ukrainian, letter pair by letter pair.

Bytes read in the wrong Cyrillic charset are Cyrillic letters as well, so letters alone say little;
which letter follows which says much, and so does where the capitals stand.
"""

_ALPHABET = " абвгдежзийклмнопрстуфхцчшщъыьэюяёіїєґ'"
# Row: the letter before (the first row: the beginning of a word). Column: the letter after it (the
# first: the end of the word). 0 is never, 9 is half of the time or more; a step is a bit and a
# fifth. Counted over half a million letters of each language.
_PAIRS = """
    066847537637567786766545544000505052300
    816757556266768166684245653000045101500
    673334733636846837438354337573334363335
    882526743816646744656142332163114181113
    674335533733736938357333333333333363333
    683424853716757877556232221145124361112
    834656455366668448771333443111122111311
    775337933835758633346333533333333353333
    896746432525477755526223242253223252225
    935645646576676356881664544111146111211
    933336333335756633773333453333333333333
    782411632712725827677124125111221161111
    673131841816315811216212411148178361111
    883522822725745852227222322252226272225
    681125812814118811466423241166137261211
    817867566456776567771243652000143014100
    572111711815415948436113311142113171113
    782644852814256833567232141153125161111
    764522721717646774596242331157127251111
    781611811815336857526121311158123351111
    935857655256665275772332735222263222622
    483333633833533838355433333333333383333
    954644544644444847445544444444444464444
    664544844944444444445444444457466484444
    783333933835337533385333333333333563333
    773433833935637635386333333334333453333
    464444944844444844446444444445444644444
    666666866666666666666666666666666666666
    936635834384773354473373553333333333333
    922222327347267622762224262222243222222
    555555555557855555595555565555555555555
    935645454334444334473333937333343333533
    923636535237364224362255225222243222322
    755555555557668556585555555555555555555
    844759256267767336762242454222255226522
    955555555555555555555565555555555556555
    944447444447466445684444444444454446444
    666666666666666666666666666666666666666
    555555555555555555555555555555559555855
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
        return -1.2
    if char in _CLOSING and not after.isalnum() and before != " ":
        return -0.5
    if char not in _OPENING | _CLOSING | _OTHER_SIGNS or (before.isalpha() and after.isalpha()):
        return _HARD_TO_BELIEVE
    if char in _OTHER_SIGNS and not before.isalpha() and not after.isalpha():
        return -0.5
    return _BADLY_PLACED
