"""Judge an encoding by where its letters stand: in words of one script, mostly in small letters."""

# Encodings of Latin letters that one file may be in; Excel's "CSV (MS-DOS)" is in two of them.
LATIN = ("cp1252", "cp850", "cp437", "mac_roman")
OTHER_LATIN = frozenset({"cp1250", "cp1254", "cp1257", "iso8859_2", "iso8859_15"})
CYRILLIC = ("cp1251", "koi8_r", "cp866")
# What Western European languages write; Czech, Polish, Hungarian and Turkish need more.
_COMMON = frozenset("äöüßÄÖÜéèêëàâçîïôûùœñáíóúåæøÉÈÊÀÂÇÑÁÍÓÚÅÆØ¿¡’‘“”„–—…•€°£§´«»·©®™²³½\u00a0")
_TILDES = frozenset("ãõ")  # stand before o and e in Portuguese
_BETWEEN_LETTERS = frozenset("’–—·")
_ENOUGH = 20  # characters of any other script


def misfits(telling: bytes, encoding: str) -> int:
    """Return how many of the characters outside ASCII do not fit a Latin text."""
    text = f" {telling.decode(encoding, errors='replace')} "
    return sum(
        not sign.isascii() and not _fits(text[at - 1], sign, text[at + 1])
        for at, sign in enumerate(text)
    )


def cyrillic_misfits(telling: bytes, encoding: str) -> int:
    """Return how many of the characters outside ASCII do not fit a Cyrillic text."""
    text = f" {telling.decode(encoding, errors='replace')} "
    count = letters = foreign = 0
    for at, sign in enumerate(text):
        if sign.isascii():
            continue
        foreign += 1
        if not ("\u0400" <= sign < "\u0500"):
            count += sign not in _COMMON
            continue
        letters += 1
        before, after = text[at - 1], text[at + 1]
        mixed = any(near.isascii() and near.isalpha() for near in (before, after))
        count += mixed or (sign.isupper() and before.isalpha())
    return count if 2 * letters > foreign else foreign


def is_sure(telling: bytes, encoding: str) -> bool:
    """Tell whether no other encoding fits these lines as well."""
    if encoding in LATIN:
        fitting = [name for name in LATIN if misfits(telling, name) == 0]
        texts = {telling.decode(name) for name in fitting}
        return encoding in fitting and (encoding == LATIN[0] or len(texts) == 1)
    foreign = sum(not sign.isascii() for sign in telling.decode(encoding, errors="replace"))
    if encoding in CYRILLIC:
        costs = {name: cyrillic_misfits(telling, name) for name in CYRILLIC}
        others = min(cost for name, cost in costs.items() if name != encoding)
        return costs[encoding] * 2 < others and foreign >= _ENOUGH // 2
    return foreign >= _ENOUGH and encoding not in OTHER_LATIN


def _fits(before: str, sign: str, after: str) -> bool:
    if sign in _TILDES:
        return after in {"o", "e"}
    if sign not in _COMMON:
        return False
    if sign.isalpha():
        return not (sign.isupper() and before.islower())
    return sign in _BETWEEN_LETTERS or not (before.isalpha() and after.isalpha())
