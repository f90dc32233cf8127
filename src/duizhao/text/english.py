"""Where a new sentence begins in an English paragraph."""

from __future__ import annotations

import re
from collections.abc import Iterator

from duizhao.text.words import words

_END = re.compile(r"[.!?…]+[\"'”’)\]]*(?=[\s\[¹²³⁰⁴-⁹0-9]|$)")
_NOTE = re.compile(r"(?:\[\^?[A-Za-z]?\d{1,3}\]|[¹²³⁰⁴-⁹]{1,3})+(?=\s|$)|\d{1,3}(?=\s+[A-Z\"“]|\s*$)")
"""The mark of a footnote after a stop. It belongs to the sentence before it."""
_TITLES = words(
    "mr mrs ms dr prof gen sen rep gov capt lt col cpl sgt maj cmdr cdr adm rev hon pres fr messrs mme "
    "mlle pvt supt det insp amb sra srta st ste mt ft pfc brig dir atty asst assoc treas vp sec'y"
)
"""Abbreviations before a name. A sentence never ends at them."""
_BEFORE_NUMBERS = words(
    "pop apt est no nos fig figs eq eqs vol vols p pp ch chap chaps sec secs sect sects art arts ref "
    "refs tab tabs ex "
    "app par para paras n nn l ll v vv ver op bk pt pts cl reg §"
)
"""Abbreviations before a figure."""
_INSIDE = words("cf e.g i.e viz vs v ca c approx resp ed eds trans repr rev'd esp incl excl eg ie et.al")
"""Abbreviations inside a sentence."""
_EITHER = words(
    "etc al inc ltd co corp bros jr sr ave blvd rd dept univ est assn intl govt mfg esq ph.d m.d b.a m.a "
    "b.s m.s d.c u.s u.k u.n e.u u.s.a u.s.s.r a.m p.m a.d b.c b.c.e c.e r.i.p m.sc b.sc ll.b d.phil "
    "m.b.a calif mass conn penn wash ariz fla ill ind kan ky la md mich minn mo mont neb nev okla ore "
    "tenn tex va vt wis wyo ont que n.y n.j l.a jan feb mar apr jun jul aug sep sept oct nov dec mon tue "
    "tues wed thu thur thurs fri sat sun min max avg hr hrs ft oz lb lbs km cm mm kg sq"
)
"""Abbreviations at which a sentence may end. The next word decides."""
_CAPITALISED = words(
    "calif mass conn penn wash ariz fla ill ind kan ky la md mich minn mo mont neb nev okla ore tenn tex "
    "va vt wis wyo ont que mar apr jun jul sep mon tue tues wed thu thur thurs fri sat sun art app par ex "
    "reg no pt dir ste est min max co rev"
)
"""Abbreviations that are also words. They count only with a capital letter or before a figure."""
_STARTERS = words(
    "the a an in on at after before when while if it he she they we i this that these those but and or as "
    "for with there here however what why how who where which then now so yet such his her their our my "
    "your its you today yesterday tomorrow meanwhile although though because since once not no yes many "
    "most some all both each every one two another other perhaps maybe still even only just also later "
    "last by from to of nobody everyone nothing everything someone is are was were do does did can could "
    "would should will let please see according instead despite during until unless about over under "
    "between through more few several any either neither first second next finally thus therefore hence "
    "nonetheless nevertheless moreover furthermore indeed critics officials police"
)
"""Words that, with a capital, begin a sentence more often than they follow an abbreviation."""
_AFTER_HOURS = re.compile(
    r"(?:E[SD]?T|C[SD]?T|M[SD]?T|P[SD]?T|GMT|UTC|Eastern|Pacific|Central|Mountain|Beijing|Hong|London|local"
    r"|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|January|February|March|April|May|June|July|August|"
    r"September|October"
    r"|November|December)\b"
)
_SAY = (
    "said|says|say|asked|asks|told|wrote|writes|added|adds|replied|answered|recalled|explained|continued|"
    "shouted|cried|"
    "whispered|called|insisted|noted|argued|exclaimed|muttered|murmured|demanded|wondered|laughed|"
    "announced|remarked"
)
_ATTRIBUTION = re.compile(
    rf"\s+(?!(?:He|She|They|We|It|You|No|Nobody|Everyone|Everybody|Someone|"
    rf"Somebody)\b)(?:[A-Z][\w'’.-]*\s+){{1,4}}(?:{_SAY})\b|\s+(?:{_SAY})\s+[A-Z]|\s*[—–-]"
)
_WORD = re.compile(r"[A-Za-z]+(?:[.'’&-][A-Za-z]+)*\.?$")
_NEXT = re.compile(r"\s+[\"'“‘(\[]*([A-Za-z]+)")
_NUMBER = re.compile(r"\s*[\[(]?(?:\d|[IVXLC]+\b|[A-Z]\b)")
_LIST = re.compile(r"(?:^|[\s(])(?:\d{1,3}|[IVXLC]{1,5}|[A-Za-z]|\d{1,2}(?:\.\d{1,2}){1,3})[.)]?$")
_PART = re.compile(
    r"(?:Chapter|Section|Part|Article|Book|Volume|Lesson|Act|Scene|Step|Appendix|Figure|Table|Rule|Item|"
    r"Question|Exercise"
    r"|Example|Theorem|Lemma|Note|Phase|Day|Week|Problem|Clause|Amendment|Title)\s+(?:\d{1,3}|[IVXLC]{1,"
    r"6}|[A-Z])$"
)
_BRANDS = re.compile(r"(?:Yahoo|Yum|Jeopardy|Joomla|Mamma Mia|Wham|Oklahoma|Airplane|Kahoot|Guess|Hello)!$")
_SMALL = re.compile(r"[a-z]{1,2}[A-Z]|[b-h][.)]\s+[A-Z]")
"""A name that begins with a small letter, as iPhone, or the letter of an item in a list."""
_STREET = re.compile(r"[A-Z][a-z]+\s+St$")
_I_ENDS = re.compile(
    r"\b(?:and|than|do|am|as|did|but|nor|or|was|does|could|should|would|will|can|have|had|like|too)\s+I$"
)


def english_ends(text: str) -> Iterator[int]:
    """Offsets at which a new sentence begins in an English paragraph: after . ! ? and the closing marks that
    follow. Not after abbreviations, initials and the numbers of a list, nor before a lower-case word, nor
    between a quotation and who said it.
    """
    size = len(text.rstrip())
    begun = 0
    for match in _END.finditer(text):
        stop, end = match.start(), match.end()
        if note := _NOTE.match(text, end):
            if end - stop == 1 and text[stop] == "." and text[end].isdigit() and not _is_word(text, stop):
                continue
            end = note.end()
        elif end < len(text) and not text[end].isspace():
            continue
        if end >= size:
            return
        if not _goes_on(text, begun, stop, match.end(), end):
            yield end
            begun = end


def _says_again(text: str, stop: int, place: int) -> bool:
    """Whether an ellipsis is between two equal words, because a speaker hesitates: ``I … I do not know``."""
    words = text[max(0, stop - 12) : stop].split()
    return (
        bool(words)
        and re.match(rf"{re.escape(words[-1].lstrip('“')[-10:])}\b", text[place : place + 12]) is not None
    )


def _is_word(text: str, stop: int) -> bool:
    return stop >= 3 and text[stop - 3 : stop].isalpha() and text[stop - 3 : stop].islower()


def _goes_on(text: str, begun: int, stop: int, closed: int, end: int) -> bool:
    """Whether the sentence that began at ``begun`` continues after a stop at ``stop`` that closes at
    ``closed``.
    """
    place = end
    while text[place].isspace():
        place += 1
    after = text[place]
    if (after.islower() and not _SMALL.match(text, place)) or after in ",;:)]….":
        return True
    mark, last = text[stop], text[closed - 1]
    if text[stop : stop + 2] in ("..", "…") or mark == "…":
        return _says_again(text, stop, place)
    if mark != "." and last in "\"”'’":
        return _ATTRIBUTION.match(text, end) is not None
    if last in "\"”'’" and after in "—–":
        return True
    if mark == "!" and _BRANDS.search(text, max(begun, stop - 12), stop + 1):
        return _next(text, end) not in _STARTERS
    if mark == "." and text[stop : stop + 2] != "..":
        return _is_abbreviation(text, begun, stop, closed, end)
    return False


def _is_abbreviation(text: str, begun: int, stop: int, closed: int, end: int) -> bool:
    """Whether the full stop at ``stop`` belongs to an abbreviation, an initial or the number of an item."""
    start = begun
    while start < stop and (text[start].isspace() or text[start] in "\"'“‘(["):
        start += 1
    colon = text.rfind(": ", max(start, stop - 8), stop)
    start = colon + 2 if colon >= 0 else start
    head = text[start:stop] if stop - start <= 24 else ""
    if head and (_LIST.fullmatch(head) or _PART.fullmatch(head)):
        return closed == stop + 1
    found = _WORD.search(text, max(begun, stop - 16), stop)
    if not found or text[found.start() - 1 : found.start()] in tuple("=/?@_"):
        return False
    word = found.group().rstrip(".")
    small = word.lower()
    following = _next(text, end)
    if len(word) == 1 and word.isupper() and closed == stop + 1:
        if word == "I" and _I_ENDS.search(text, max(begun, stop - 12), stop):
            return False
        return following not in _STARTERS
    counts = small not in _CAPITALISED or word[:1].isupper()
    if small == "st" and following in _STARTERS and _STREET.search(text, max(begun, stop - 30), stop):
        return False
    if small in _TITLES and (word[:1].isupper() or small in ("st", "ft")):
        return closed == stop + 1
    if small in _BEFORE_NUMBERS and closed == stop + 1:
        if _NUMBER.match(text, end) and (small != "no" or text[end : end + 6].strip()[:1].isdigit()):
            return True
        if small in ("fig", "figs", "eq", "eqs", "vol", "vols", "pp", "nos", "chap", "sect"):
            return following not in _STARTERS
    if small in _INSIDE or (re.fullmatch(r"(?:[a-z]\.)+[a-z]", small) and small in ("e.g", "i.e")):
        return True
    if small in ("a.m", "p.m", "b.c", "a.d", "b.c.e", "c.e") and word != "A.D":
        return _AFTER_HOURS.match(text[end : end + 16].lstrip()) is not None or closed > stop + 1
    if (small in _EITHER and counts) or re.fullmatch(r"(?:[A-Za-z]\.)+[A-Za-z]", word):
        if small in _MONTHS:
            return _NUMBER.match(text, end) is not None
        return following not in _STARTERS and closed == stop + 1
    return False


_MONTHS = words("jan feb mar apr jun jul aug sep sept oct nov dec")


def _next(text: str, end: int) -> str:
    """The next word, in lower case. An opening quotation mark counts as a word that begins a sentence."""
    match = _NEXT.match(text, end)
    if text[end : end + 3].lstrip()[:1] in ("“", '"', "‘"):
        return "the"
    return match[1].lower() if match else ""
