"""The viewer page: what render puts into it, and a real browser that clicks through it."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from duizhao.builder import build_release
from duizhao.errors import Finding, InputError
from duizhao.release import read_records
from duizhao.report.viewer import list_findings, write_page
from duizhao.report.viewer.page import FIELDS, Page, make_page, render
from duizhao.report.viewer.place import make_server
from duizhao.report.viewer.starts import find_starts
from duizhao.sources.html import read_html

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Dialog, Locator
    from playwright.sync_api import Page as BrowserPage

Records = dict[str, list[dict[str, Any]]]

DATASET = Path(os.environ.get("DUIZHAO_DATASET", Path(__file__).parent.parent / "dataset"))
SCREENSHOTS = os.environ.get("DUIZHAO_SCREENSHOTS")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
HOSTILE = (
    "<script>alert(1)</script> </script> <!-- <img src=x onerror=alert(2)> \u2028 \u2029 ]]> {{script}} "
    "\ud800 𠮷野家"
)


def small(text: str = "你好，世界。", traditional: str = "你好，世界。") -> Records:
    """Somebody's own dataset: one article, one removed block, no English, nothing else."""
    keep = {
        "article_id": "a",
        "language": "zh",
        "label": "keep",
        "category": None,
        "reason": None,
        "score": 0.0,
    }
    return {
        "articles": [
            {
                "id": "a",
                "title": {"zh_hans": None, "zh_hant": None, "en": None},
                "byline": None,
                "publisher": None,
                "published": None,
                "url": "javascript:alert(3)",
                "translated_from": None,
                "source_script": "zh-Hans",
                "genre": None,
                "raw_path": "zh/a.txt",
                "en_path": None,
                "chars": {"raw": len(text) + 2, "kept": len(text), "removed": 2, "markup": 0},
            }
        ],
        "sentences": [
            {
                "id": "a:s00000",
                "article_id": "a",
                "position": 0,
                "paragraph": 0,
                "role": "body",
                "speaker": None,
                "zh_hans": text,
                "zh_hant": traditional,
                "en": None,
                "bead": "1-0",
                "score": None,
                "raw_spans": [[0, len(text)]],
                "en_spans": [],
            }
        ],
        "blocks": [
            {**keep, "id": "a:zh:00000", "position": 0, "raw_start": 0, "raw_end": len(text), "text": text},
            {
                **keep,
                "id": "a:zh:00010",
                "position": 1,
                "raw_start": len(text),
                "raw_end": len(text) + 2,
                "text": "广告",
                "label": "drop",
                "category": "ad",
                "reason": text,
            },
        ],
    }


def records_in(page: str) -> dict[str, Any]:
    block = re.search(r'<script type="application/json" id="records">(.*?)</script>', page, re.DOTALL)
    assert block is not None
    value: dict[str, Any] = json.loads(block[1])
    return value


def counts(locator: Locator, number: int) -> None:
    """The page comes to have ``number`` of these: it draws after the click, not in it."""
    from playwright.sync_api import expect

    expect(locator).to_have_count(number, timeout=20_000)


def appears(locator: Locator) -> None:
    """The page comes to show it."""
    from playwright.sync_api import expect

    expect(locator).to_be_visible(timeout=20_000)


@pytest.fixture(scope="module")
def release() -> Records:
    """The sample release, with claims and questions made here where it has none yet."""
    if not (DATASET / "sentences" / "test.jsonl").exists():
        pytest.skip(f"no built release in {DATASET.name}/")
    records: Records = {}
    for config in FIELDS:
        file = DATASET / config / "test.jsonl"
        if file.exists():
            records[config] = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    sentences = {row["id"]: row for row in records["sentences"]}
    if not records.get("claims"):
        records["claims"] = [
            made_claim(sentences, *claim) for claim in CLAIMS if {claim[1], claim[2]} <= set(sentences)
        ]
    if not records.get("questions"):
        records["questions"] = [made_question(records["sentences"])]
    return records


CLAIMS = (
    (
        *(
            "claim-901",
            "power-struggle-chronicle:s04540",
            "time-ceo-of-the-year:s14241",
            "entailment",
            "open-letter-signatures",
        ),
        *(
            "“700多人”与“几乎所有人”相合，总数都是770。",
            "More than 700 of 770 is nearly all of them, and both give the same total.",
            None,
        ),
    ),
    (
        *(
            "claim-902",
            "ceo-ousted-analysis:s04655",
            "leadership-change-report:s00403",
            "contradiction",
            "murati-joined-openai",
        ),
        *(
            "一篇说她2018年加入OpenAI，一篇说是2023年5月。",
            "One says that she joined OpenAI in 2018, the other in May 2023.",
            "Sample text of a test.",
        ),
    ),
    (
        *("claim-903", "ceo-ousted-analysis:s00594", "time-ceo-of-the-year:s12222", "neutral", "board-size"),
        *("说的是董事会不同时候的人数。", "They give the board's size at different times.", None),
    ),
)


def made_claim(
    sentences: dict[str, Any],
    id: str,
    premise: str,
    hypothesis: str,
    label: str,
    topic: str,
    zh: str,
    en: str,
    public_record: Any,
) -> Any:
    sides = {"premise": sentences[premise], "hypothesis": sentences[hypothesis]}
    texts = {
        side: {column: row[column] for column in ("zh_hans", "zh_hant", "en")} for side, row in sides.items()
    }
    about = {"label": label, "topic": topic, "explanation": {"zh_hans": zh, "en": en}}
    about |= {
        "context": {"zh_hans": "前提：分析。", "en": "Premise: analysis."},
        "public_record": public_record,
    }
    return {"id": id, "premise_id": premise, "hypothesis_id": hypothesis, **texts, **about}


def made_question(rows: list[dict[str, Any]]) -> dict[str, Any]:
    same = {column: ["2015", "2018", "2019", "2023"] for column in ("zh_hans", "zh_hant", "en")}
    evidence = [
        {"sentence_id": rows[1]["id"], "article_id": rows[1]["article_id"], **{c: rows[1][c] for c in same}}
    ]
    question = {"zh_hans": "这是哪一年的事？", "zh_hant": "這是哪一年的事？", "en": "In which year was this?"}
    more = {"answer": 1, "evidence": evidence, "type": "single-hop"}
    return {
        "id": "question-901",
        "article_ids": [rows[1]["article_id"]],
        "question": question,
        "choices": same,
        **more,
    }


def test_render_is_deterministic_and_self_contained() -> None:
    page = render(small(), title="T")
    assert page == render(small(), title="T")
    assert not re.search(
        r"""(?:src|href)=["'](?!#|data:)""", page.partition('<script type="application/json"')[0]
    )


def test_a_page_is_never_taken_for_an_article() -> None:
    with pytest.raises(InputError, match="a page that duizhao view wrote") as error:
        read_html(render(small("今天天气很好。" * 50), title="T"), "duizhao.html")
    assert error.value.id == "no-article-text"


def test_policy_has_the_hashes_of_what_is_inlined() -> None:
    page = render(small(), title="T")
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)
    assert policy is not None
    for tag in ("style", "script"):
        inlined = re.search(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        assert inlined is not None
        digest = base64.b64encode(hashlib.sha256(inlined[1].encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy[1]
    for directive in ("default-src 'none'", "img-src data:", "base-uri 'none'", "form-action 'none'"):
        assert directive in policy[1]


def test_an_article_cannot_break_out() -> None:
    page = render(small(HOSTILE, HOSTILE), title="<script>alert(4)</script>")
    page.encode("utf-8")
    assert page.count("<script") == 2
    assert page.count("</script") == 2
    assert "<!--" not in page
    assert "\u2028" not in page
    assert "<title>&lt;script&gt;alert(4)&lt;/script&gt;</title>" in page
    assert records_in(page)["sentences"]["zh_hans"] == [HOSTILE]


def test_records_are_kept_and_repeated_text_is_not() -> None:
    data = records_in(render(small(), title="T"))
    assert set(data) >= set(FIELDS)
    assert data["blocks"]["text"] == ["你好，世界。", "广告"]
    assert data["entities"]["id"] == []
    assert "text" not in data["mentions"]


def test_no_records_and_unknown_configs_make_a_page() -> None:
    assert records_in(render({}, title="T"))["articles"]["id"] == []
    assert "terms" not in records_in(render({"terms": [{"id": "x"}]}, title="T"))


@pytest.mark.slow
def test_the_command_serves_a_page_until_ctrl_c(small_release: Path) -> None:
    command = [sys.executable, "-u", "-m", "duizhao", "view", str(small_release), "--serve"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") as process:
        try:
            assert process.stdout is not None
            address = process.stdout.readline().split()[0]
            with urllib.request.urlopen(address, timeout=60) as answer:
                assert answer.status == 200
                assert "<title>release</title>" in answer.read().decode("utf-8")
            os.kill(process.pid, signal.SIGINT)
            assert process.wait(20) == 0
        finally:
            process.kill()


def test_server_serves_the_page_to_this_machine_only() -> None:
    with make_server(Page("<p>页</p>")) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/"
        with urllib.request.urlopen(address) as answer:
            assert answer.read().decode() == "<p>页</p>"
            assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        for request, code in (
            (urllib.request.Request(address + "other"), 404),
            (urllib.request.Request(address, headers={"Host": "example.org"}), 421),
        ):
            with pytest.raises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(request)
            assert refused.value.code == code
        server.shutdown()


def several(number: int, sentences: int = 1, text: str = "第{}篇的第{}句话，说的是一件小事。") -> Records:
    """A dataset of many small articles without English: each has its sentences and one removed line."""
    made: Records = {"articles": [], "sentences": [], "blocks": []}
    for n in range(number):
        one = small()
        id = f"a{n:04d}"
        lines = [text.format(n, k) for k in range(sentences)]
        size = sum(map(len, lines))
        chars = {"raw": size + n % 7 + 1, "kept": size, "removed": n % 7 + 1, "markup": 0}
        title = {"zh_hans": f"第{n}篇", "zh_hant": f"第{n}篇", "en": None}
        made["articles"].append({**one["articles"][0], "id": id, "title": title, "chars": chars, "url": None})
        at = 0
        for k, line in enumerate(lines):
            place = {"position": k, "raw_spans": [[at, at + len(line)]], "zh_hans": line, "zh_hant": line}
            made["sentences"].append(
                {**one["sentences"][0], **place, "id": f"{id}:s{at:05d}", "article_id": id}
            )
            span = {"raw_start": at, "raw_end": at + len(line), "position": k, "text": line}
            made["blocks"].append({**one["blocks"][0], **span, "article_id": id, "id": f"{id}:zh:{at:05d}"})
            at += len(line)
        rest = {"raw_start": at, "raw_end": at + n % 7 + 1, "position": sentences, "text": "赞" * (n % 7 + 1)}
        made["blocks"].append({**one["blocks"][1], **rest, "article_id": id, "id": f"{id}:zh:{at:05d}"})
    return made


def test_starts_of_sentences_are_those_of_the_beads_made_by_hand(release: Records) -> None:
    lines = (DATASET.parent / "annotations" / "beads.jsonl").read_text(encoding="utf-8").splitlines()
    told = {(row["article_id"], tuple(row["zh"]), tuple(row["en"])) for row in map(json.loads, lines)}
    found = find_starts(release["sentences"], release["blocks"])
    assert len(found) > 100
    for row in release["sentences"]:
        sides = [[start for start, _ in row[field]] for field in ("raw_spans", "en_spans")]
        zh, en = found.get(row["id"], sides)
        assert (row["article_id"], tuple(zh or ()), tuple(en or ())) in told, row["id"]


def test_starts_that_cannot_be_told_are_not_guessed() -> None:
    data = small("你好，世界。")
    data["sentences"][0] |= {"bead": "3-0", "raw_spans": [[0, 3], [3, 6]]}
    assert find_starts(data["sentences"], data["blocks"]) == {"a:s00000": (None, [])}


def test_a_small_release_is_one_page_and_a_large_one_is_split() -> None:
    data = several(60, sentences=40)
    assert make_page(data, title="T").files == {}
    page = make_page(data, title="T", most=10_000)
    assert page == make_page(data, title="T", most=10_000)
    assert len(page.files) > 1
    assert "件小事" not in page.html
    assert "'strict-dynamic'" in page.html
    assert "'strict-dynamic'" not in render(data, title="T")
    held = "".join(page.files.values())
    assert all(row["zh_hans"] in held for row in data["sentences"])


def test_a_hostile_article_cannot_break_out_of_a_file() -> None:
    page = make_page(small(HOSTILE, HOSTILE), title="T", most=1)
    (text,) = page.files.values()
    text.encode("utf-8")
    assert text.startswith("duizhaoPart(0,")
    assert not re.search("[<>&\u2028\u2029]", text)
    rows = json.loads(text.split(",", 2)[2].rstrip()[:-1])
    assert rows["sentences"]["zh_hans"] == [HOSTILE]


def test_writing_a_page_removes_only_the_files_of_an_earlier_page(tmp_path: Path) -> None:
    folder = tmp_path / "p_files"
    page = make_page(several(60, sentences=40), title="T", folder="p_files", most=1)
    write_page(page, tmp_path / "p.html")
    assert sorted(file.name for file in folder.iterdir()) == sorted(page.files)
    (folder / "part-9999.js").write_text("alert()", encoding="utf-8")
    (folder / "mine.txt").write_text("mine", encoding="utf-8")
    one = make_page(small(), title="T", folder="p_files", most=1)
    write_page(one, tmp_path / "p.html")
    assert sorted(file.name for file in folder.iterdir()) == ["mine.txt", *sorted(one.files), "part-9999.js"]


def test_findings_go_to_their_articles() -> None:
    found = [
        Finding("length-ratio", 4, "a:s00000", "en", "far too long"),
        Finding("damaged-script", 4, "a", "zh_hant", "broken"),
        Finding("x", 4, "somewhere", "", "else"),
    ]
    data = records_in(render(small(), title="T", findings=found))
    assert data["findings"]["record"] == ["a:s00000", "a"]
    assert data["articles"]["findings"] == [2]


def test_findings_of_the_release_are_those_not_acknowledged(release: Records) -> None:
    assert list_findings(DATASET, read_records(DATASET)) == []


def test_server_serves_the_files_of_a_split_page() -> None:
    page = make_page(small(), title="T", folder="页 files", most=1)
    with make_server(page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/%E9%A1%B5%20files/part-0001.js"
        with urllib.request.urlopen(address) as answer:
            assert answer.read().decode() == page.files["part-0001.js"]
            assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
            # Another site could otherwise load the file as a script and read it.
            assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        server.shutdown()


# ---- A real browser
# -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed (pip install playwright)"
    )
    if CHROMIUM is None:
        pytest.skip("chromium is not installed (apt-get install chromium)")
    with playwright.sync_playwright() as running:
        opened = running.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


class Visit:
    """One page in the browser, and everything that it complained of."""

    def __init__(self, browser: Browser, file: Path, html: str, fragment: str = "", **options: Any) -> None:
        file.write_text(html, encoding="utf-8")
        self.complaints: list[str] = []
        self.page: BrowserPage = browser.new_context(
            **{"viewport": {"width": 1440, "height": 900}, **options}
        ).new_page()
        self.page.on(
            "console",
            lambda message: (
                self.complaints.append(message.text) if message.type in ("error", "warning") else None
            ),
        )
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on(
            "request",
            lambda request: self.complaints.append(request.url) if request.url.startswith("http") else None,
        )
        self.page.on("dialog", self._dismiss)
        self.page.add_init_script(
            "addEventListener('securitypolicyviolation', (e) => console.error('CSP', e.violatedDirective))"
        )
        self.page.goto(file.as_uri() + fragment)

    def _dismiss(self, dialog: Dialog) -> None:
        self.complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def open(self, view: str) -> None:
        self.page.click(f"nav a[href='#{view}']")

    def hover(self, locator: Locator) -> None:
        """Move onto the last line of a text: the middle of its box may be beside it."""
        locator.scroll_into_view_if_needed()
        box = locator.evaluate(
            "(one) => { const r = one.getClientRects()[one.getClientRects().length - 1]; return [r.x + "
            "3, r.y + r.height / 2]; }"
        )
        self.page.mouse.move(*box)

    def click(self, locator: Locator) -> None:
        self.hover(locator)
        self.page.mouse.down()
        self.page.mouse.up()

    def picture(self, name: str) -> None:
        self.page.wait_for_timeout(250)
        if SCREENSHOTS:
            Path(SCREENSHOTS).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=str(Path(SCREENSHOTS) / f"{name}.png"))


@pytest.fixture(scope="module")
def html(release: Records) -> str:
    return render(release, title="Duizhao: OpenAI's November 2023 in Chinese and English")


@pytest.fixture
def visit(browser: Browser, html: str, tmp_path: Path) -> Iterator[Visit]:
    visit = Visit(browser, tmp_path / "页 1.html", html)
    yield visit
    visit.page.context.close()
    assert visit.complaints == []


ARTICLE = "ceo-ousted-analysis"


def read_article(visit: Visit, id: str = ARTICLE) -> None:
    visit.page.click(f".index a[href='#articles/{id}']")
    visit.page.wait_for_selector("article.columns")


def test_opens(visit: Visit, capsys: pytest.CaptureFixture[str], html: str, release: Records) -> None:
    timing = (
        "(() => { const t = performance.getEntriesByType('navigation')[0]; return "
        "t.domContentLoadedEventEnd; })()"
    )
    milliseconds = visit.page.evaluate(timing)
    with capsys.disabled():
        print(
            f"\nthe page: {len(html.encode()) / 1e6:.2f} MB; ready {milliseconds:.0f} ms after "
            f"navigation began"
        )
    counts(visit.page.locator(".index > li"), len(release["articles"]))
    visit.picture("index")


def test_reading_hover_pin_and_columns(visit: Visit) -> None:
    page = visit.page
    read_article(visit)
    sentence = page.locator(".row.body [data-col='zh-Hans'] .s").nth(3)
    sentence.hover()
    counts(page.locator(".s.on"), 3)
    for part in ("bead", "score", "Chinese file", "English file", f"{ARTICLE}:s"):
        assert part in page.inner_text("#dock")
    sentence.click()
    page.mouse.move(5, 5)
    counts(page.locator(".s.pinned"), 3)
    page.keyboard.press("Escape")
    counts(page.locator(".s.pinned"), 0)
    page.click("#columns [lang='zh-Hant']")
    assert not page.locator("article [data-col='zh-Hant']").first.is_visible()
    page.click("#columns [lang='zh-Hant']")
    languages = set(
        page.eval_on_selector_all("article p[lang], article h2[lang]", "all => all.map((one) => one.lang)")
    )
    assert languages == {"zh-Hans", "zh-Hant", "en"}
    page.locator(".row.body [data-col='zh-Hans'] .s").nth(2).click()
    visit.picture("article-light")


def test_reading_by_keyboard(visit: Visit) -> None:
    page = visit.page
    read_article(visit)
    focused = "document.activeElement.sentenceId + ' ' + document.activeElement.column.lang"
    page.locator(".s[tabindex='0']").focus()
    counts(page.locator(".s[tabindex='0']"), 1)
    first = page.evaluate(focused)
    page.keyboard.press("ArrowDown")
    assert page.evaluate(focused) != first
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.evaluate(focused).endswith(" en")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    counts(page.locator(".s.pinned"), 3)
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "query"


def test_an_address_opens_its_sentence(browser: Browser, html: str, tmp_path: Path, release: Records) -> None:
    row = next(row for row in reversed(release["sentences"]) if row["article_id"] == ARTICLE)
    visit = Visit(browser, tmp_path / "d.html", html, fragment=f"#articles/{ARTICLE}/{row['id']}/en")
    pinned = visit.page.locator("[data-col='en'] .s.pinned")
    assert pinned.inner_text() == row["en"]
    box = pinned.bounding_box()
    assert box is not None
    assert 0 < box["y"] < 900
    visit.page.context.close()
    assert visit.complaints == []


def test_speakers_are_shown(visit: Visit) -> None:
    read_article(visit, "altman-return-interview")
    assert "Sam Altman" in visit.page.locator(".speaker").all_inner_texts()


def test_entities(visit: Visit) -> None:
    page = visit.page
    read_article(visit)
    page.click("#entities-toggle")
    page.locator("[data-col='en'] .m", has_text="Altman").first.click()
    drawer = page.inner_text("#drawer")
    for part in ("阿尔特曼", "阿爾特曼", "Q7407093", "Co-founder"):
        assert part in drawer
    visit.picture("entities")
    page.locator("#drawer summary").nth(1).click()
    page.locator("#drawer details").nth(1).locator("a").nth(2).click()
    appears(page.locator(".s.pinned").first)
    visit.open("entities")
    page.fill("main input[type=search]", "納德拉")
    page.locator(".entity-list a:visible").first.click()
    appears(page.locator("#entity", has_text="Nadella"))
    page.locator("#entity summary").first.click()
    page.locator("#entity .mentions a").first.click()
    appears(page.locator(".s.pinned").first)


def test_sources(visit: Visit) -> None:
    page = visit.page
    visit.open("source")
    page.select_option("#article", "altman-return-interview")
    page.wait_for_selector(".raw .drop")
    removed = page.locator(".raw .drop").first
    assert "removed" in (removed.text_content() or "")
    assert (removed.get_attribute("title") or "").startswith("Removed: ")
    visit.hover(removed)
    assert "Removed" in page.inner_text("#dock")
    button = page.locator(".legend .category").first
    pieces = page.locator(".raw .drop:visible").count()
    button.click()
    assert page.locator(".raw .drop:visible").count() < pieces
    button.click()
    visit.hover(removed)
    visit.picture("source")
    visit.click(page.locator(".raw .keep", has_text="董").first)
    appears(page.locator(".s.pinned").first)
    page.click("#dock a[href^='#source/']")
    appears(page.locator(".raw .keep.flash"))
    page.click("main a[href$='/en']")
    counts(page.locator(".raw:lang(en)"), 1)
    visit.click(page.locator(".raw .keep", has_text="Altman").nth(2))
    appears(page.locator("[data-col='en'] .s.pinned"))


def test_timeline(visit: Visit, release: Records) -> None:
    page = visit.page
    visit.open("timeline")
    assert "16–22 November 2023" in page.locator("[data-zoomed][aria-pressed=true]").inner_text()
    near = page.locator("g.event").count()
    page.click("[data-zoomed=false]")
    assert page.locator("g.event").count() == len(release["events"]) > near
    visit.picture("timeline-whole")
    page.click("[data-zoomed=true]")
    page.locator("g.event[tabindex='0']").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("End")
    page.keyboard.press("Home")
    page.click("#theme")
    page.click("#chronicle a[href='#timeline/board-dismisses-altman']")
    appears(page.locator("#event .quotation").first)
    assert page.locator("#event .quotation").count() > 1
    counts(page.locator("g.event[aria-pressed=true]"), 1)
    page.mouse.move(5, 400)
    page.evaluate("scrollTo(0, 0)")
    visit.picture("timeline-dark")
    page.locator("#event .jump").first.click()
    appears(page.locator(".s.pinned").first)


def test_contradictions(visit: Visit, release: Records) -> None:
    page = visit.page
    visit.open("contradictions")
    counts(page.locator(".claim"), len(release["claims"]))
    assert "Contradiction" in page.locator(".claim .label").first.inner_text()
    visit.picture("contradictions")
    label = release["claims"][-1]["label"]
    page.select_option("select[data-filter=Label]", label)
    assert set(page.locator(".claim:visible .label").all_inner_texts()) == {label.capitalize()}
    page.select_option("select[data-filter=Label]", "")
    page.select_option("select[data-filter=Topic]", release["claims"][0]["topic"])
    page.locator(".claim:visible .jump").first.click()
    appears(page.locator(".s.pinned").first)


def test_questions(visit: Visit) -> None:
    page = visit.page
    visit.open("questions")
    page.locator("details summary").first.click()
    counts(page.locator(".choices .right"), 0)
    page.locator("details >> text=Show the answer").first.click()
    counts(page.locator(".choices .right"), 1)
    visit.picture("questions")
    page.locator(".answer .jump").first.click()
    appears(page.locator(".s.pinned").first)


@pytest.mark.parametrize("query", ["董事会", "董事會", "BOARD", "微软 satya"])
def test_search(visit: Visit, capsys: pytest.CaptureFixture[str], query: str) -> None:
    page = visit.page
    page.keyboard.press("/")
    page.keyboard.type(query)
    milliseconds = page.get_attribute("#results", "data-milliseconds")
    with capsys.disabled():
        print(f"\nsearch {query}: {page.inner_text('#results-status')} ({milliseconds} ms)")
    appears(page.locator("#results-list li").first)
    assert page.locator("#results-list li").count() > 0
    appears(page.locator("#results mark").first)
    assert page.locator("#results mark").count() > 0
    if query == "董事會":
        visit.picture("search")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    appears(page.locator(".s.pinned").first)
    assert page.locator("#results").is_hidden()


def test_search_finds_the_same_in_both_scripts(visit: Visit) -> None:
    found = []
    for query in ("董事会", "董事會"):
        visit.page.fill("#query", query)
        found.append(visit.page.inner_text("#results-status").partition(" ·")[0])
    assert found[0] == found[1]


def test_phone(browser: Browser, html: str, tmp_path: Path) -> None:
    visit = Visit(
        browser,
        tmp_path / "p.html",
        html,
        viewport={"width": 360, "height": 740},
        has_touch=True,
        reduced_motion="reduce",
    )
    page = visit.page
    for view in ("articles", "source", "entities", "timeline", "contradictions", "questions"):
        visit.open(view)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, view
    visit.open("articles")
    read_article(visit)
    boxes = [
        page.locator(f".row.body [data-col='{lang}']").first.bounding_box() for lang in ("zh-Hans", "en")
    ]
    assert boxes[0] is not None
    assert boxes[1] is not None
    assert boxes[1]["y"] >= boxes[0]["y"] + boxes[0]["height"]
    page.locator(".row.body .s").nth(1).tap()
    counts(page.locator(".s.pinned:visible"), 2)
    appears(page.locator("#dock"))
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    visit.picture("phone")
    page.context.close()
    assert visit.complaints == []


def test_print(visit: Visit) -> None:
    read_article(visit)
    visit.page.emulate_media(media="print")
    assert visit.page.locator("header").is_hidden()
    appears(visit.page.locator("article.columns"))


CONTRAST = """() => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const known = new Map();
  const rgba = (color) => {
    if (!known.has(color)) {
      canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1);
      known.set(color, [...canvas.getImageData(0, 0, 1, 1).data]);
    }
    return [...known.get(color)];
  };
  const behind = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const color = rgba(getComputedStyle(one).backgroundColor);
      if (color[3] === 255) return color;
    }
    return [255, 255, 255];
  };
  const luminance = (color) => [0.2126, 0.7152, 0.0722].reduce((sum, weight, i) => {
    const part = color[i] / 255;
    return sum + weight * (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
  }, 0);
  const poor = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility()) continue;
    if (element.closest('script, style, noscript, svg, .hidden')) continue;
    const style = getComputedStyle(element);
    const ground = behind(element);
    let ink = rgba(style.color);
    let alpha = 1;
    for (let one = element; one; one = one.parentElement) alpha *= Number(getComputedStyle(one).opacity);
    ink = ink.map((part, i) => part * alpha + ground[i] * (1 - alpha));
    const [high, low] = [luminance(ink), luminance(ground)].sort((a, b) => b - a);
    if ((high + 0.05) / (low + 0.05) >= 4.5) continue;
    poor.add(`${element.tagName}.${element.className} ${high} ${low}`);
  }
  return [...poor];
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_is_double_a(browser: Browser, release: Records, tmp_path: Path, scheme: str) -> None:
    # A few of the long lists have every color: a question with an error of its article is among them.
    wrong = [row for row in release["questions"] if row.get("source_error")]
    data = {
        **release,
        "questions": [*wrong[:2], *release["questions"][:8]],
        "claims": release["claims"][::20],
    }
    found = [Finding("length-ratio", 4, f"{ARTICLE}:s00181", "en", "far too long")]
    page = render(data, title="T", findings=found)
    visit = Visit(browser, tmp_path / "c.html", page, color_scheme=scheme, reduced_motion="reduce")
    window = visit.page
    for view in ("articles", "source", "entities", "timeline", "contradictions", "questions"):
        visit.open(view)
        if view == "source":
            window.locator(".raw .drop").first.focus()
            window.keyboard.press("Enter")
            window.click("#dock >> text=Copy a line that keeps it")
        if view == "questions":
            window.locator("summary").first.click()
            window.click("text=Show the answer")
        window.wait_for_timeout(200)
        assert window.evaluate(CONTRAST) == [], view
    visit.open("articles")
    read_article(visit)
    window.click(".findings summary")
    window.click("#entities-toggle")
    visit.click(window.locator(".row.body .s").nth(1))
    window.wait_for_timeout(200)
    assert window.evaluate(CONTRAST) == []
    window.context.close()


def test_landmarks_and_names(visit: Visit) -> None:
    page = visit.page
    for role, name in (("navigation", "Views"), ("search", None), ("main", None), ("banner", None)):
        counts(page.get_by_role(role, **({"name": name} if name else {})), 1)  # type: ignore[arg-type]
    unnamed = (
        "all => all.filter((one) => !(one.textContent.trim() || one.ariaLabel || (one.labels && "
        "one.labels.length))).length"
    )
    for view in ("articles", "source", "entities", "timeline", "contradictions", "questions"):
        visit.open(view)
        assert page.eval_on_selector_all("button, a, select, input", unnamed) == 0
        counts(page.locator("h1"), 1)


def test_hostile_small_dataset(browser: Browser, tmp_path: Path) -> None:
    visit = Visit(
        browser, tmp_path / "h.html", render(small(HOSTILE, HOSTILE), title=HOSTILE.replace("\ud800", ""))
    )
    page = visit.page
    assert "<script>alert(1)</script>" in page.inner_text("article.columns")
    counts(page.locator("#columns button"), 2)
    counts(page.locator("nav a"), 2)
    counts(page.locator("main script, main img"), 0)
    page.locator(".s").first.hover()
    assert "1–0" in page.inner_text("#dock")
    page.fill("#query", "野家")
    assert page.locator("#results mark").first.inner_text() == "野家"
    page.keyboard.press("Escape")
    visit.open("source")
    assert "<img src=x" in page.inner_text(".raw")
    visit.hover(page.locator(".raw .drop"))
    page.context.close()
    assert visit.complaints == []


def visit_page(browser: Browser, folder: Path, page: Page, **options: Any) -> Visit:
    """Visit a page that is written as a user writes it, with its files."""
    write_page(page, folder / "页 #1.html")
    return Visit(browser, folder / "页 #1.html", page.html, **options)


def close(visit: Visit) -> None:
    visit.page.context.close()
    assert visit.complaints == []


def test_an_article_without_a_title_can_be_opened(browser: Browser, tmp_path: Path) -> None:
    data = several(2)
    data["articles"][1]["title"] = dict.fromkeys(("zh_hans", "zh_hant", "en"))
    visit = Visit(browser, tmp_path / "u.html", render(data, title="T"))
    card = visit.page.locator(".index a[href='#articles/a0001']")
    assert card.inner_text() == "a0001"
    card.click()
    assert "第1篇的第0句话" in visit.page.inner_text("article.columns")
    assert "a0001" in visit.page.inner_text("#article option:checked")
    close(visit)


def test_a_release_without_english_shows_no_english_column(browser: Browser, tmp_path: Path) -> None:
    visit = Visit(browser, tmp_path / "n.html", render(several(2), title="T"))
    page = visit.page
    assert page.locator("#columns button").all_inner_texts() == ["简体", "繁體"]
    assert "aligned" not in page.inner_text("main")
    assert page.locator("#order option").all_inner_texts()[1].startswith("largest removed share")
    page.click(".index a[href='#articles/a0001']")
    counts(page.locator(".row.heads .cell"), 2)
    counts(page.locator("main [data-col='en']"), 0)
    page.locator(".s").first.click()
    assert "bead" not in page.inner_text("#dock .copying")
    close(visit)


def test_a_word_that_is_longer_than_a_phone_is_wide_is_broken(browser: Browser, tmp_path: Path) -> None:
    long = f"{'字' * 5} https://example.org/{'a' * 200} "
    size = {"width": 360, "height": 740}
    visit = Visit(browser, tmp_path / "w.html", render(small(long, long), title=long), viewport=size)
    for view in ("articles", "source"):
        visit.open(view)
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= 360, view
    visit.open("articles")
    visit.page.wait_for_selector("article.columns")
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= 360
    close(visit)


def test_aligned_counts_what_is_aligned(browser: Browser, tmp_path: Path) -> None:
    data = several(3)
    data["sentences"][1] |= {"en": "A small matter.", "bead": "1-1", "score": 0.5, "en_spans": [[0, 15]]}
    visit = Visit(browser, tmp_path / "a.html", render(data, title="T"))
    assert visit.page.inner_text(".lead") == "3 articles · 3 sentences · 1 aligned with English"
    assert "1 aligned\nmean score 0.500" in visit.page.locator(".index li").nth(1).inner_text()
    assert "aligned" not in visit.page.locator(".index li").nth(2).inner_text()
    close(visit)


def test_each_column_says_whether_it_is_written_or_converted(browser: Browser, tmp_path: Path) -> None:
    data = several(3)
    for article, script in zip(data["articles"], ("zh-Hans", "zh-Hant-TW", "mixed"), strict=True):
        article["source_script"] = script
    visit = Visit(browser, tmp_path / "w.html", render(data, title="T"))
    both = "written in both scripts; converted where it was the other one"
    for id, notes in (
        ("a0000", ["as written", "converted"]),
        ("a0001", ["converted", "as written"]),
        ("a0002", [both, both]),
    ):
        visit.page.goto(visit.page.url.partition("#")[0] + f"#articles/{id}")
        appears(visit.page.locator(f".facts code >> text={id}"))
        assert visit.page.locator(".row.heads small").all_inner_texts() == notes
    close(visit)


def test_rare_characters_have_fonts_and_a_note(browser: Browser, tmp_path: Path) -> None:
    visit = Visit(browser, tmp_path / "r.html", render(small("香港人说𠮶个。", "香港人說𠮶個。"), title="T"))
    assert "𠮶 (U+20BB6)" in visit.page.inner_text(".rare")
    fonts = "getComputedStyle(document.querySelector(\".row.body p[lang='zh-Hans']\")).fontFamily"
    for name in ("SimSun-ExtB", "MingLiU-ExtB", "BabelStone Han"):
        assert name in visit.page.evaluate(fonts)
    close(visit)
    visit = Visit(browser, tmp_path / "s.html", render(small(), title="T"))
    counts(visit.page.locator(".rare"), 0)
    close(visit)


def test_the_list_of_articles_is_filtered_and_sorted(browser: Browser, tmp_path: Path) -> None:
    data = several(5)
    for n, score in ((1, 0.9), (3, 0.4)):
        data["sentences"][n] |= {
            "en": "A small matter.",
            "bead": "1-1",
            "score": score,
            "en_spans": [[0, 15]],
        }
    found = [Finding("length-ratio", 4, "a0002:s00000", "en", "far too long")] * 2
    visit = Visit(browser, tmp_path / "l.html", render(data, title="T", findings=found))
    page = visit.page

    def names() -> list[str]:
        return [text.partition("\n")[0] for text in page.locator(".index li .facts").all_inner_texts()]

    for order, first in (
        ("score", ["a0003", "a0001", "a0000"]),
        ("removed", ["a0004", "a0003", "a0002"]),
        ("findings", ["a0002", "a0000", "a0001"]),
        ("given", ["a0000", "a0001", "a0002"]),
    ):
        page.select_option("#order", order)
        assert names()[:3] == first, order
    page.select_option("#kind", "findings")
    assert names() == ["a0002"]
    assert "1 of 5 articles" in page.inner_text(".toolbar [role=status]")
    page.click(".index a[href='#articles/a0002']")
    page.click(".findings summary")
    assert "far too long" in page.inner_text(".findings")
    page.locator(".findings .jump").first.click()
    assert "length-ratio: en: far too long" in page.inner_text("#dock")
    page.go_back()
    page.go_back()
    assert names() == ["a0002"]  # what was chosen is still chosen
    page.select_option("#kind", "all")
    page.fill("#filter", "第4篇")
    assert names() == ["a0004"]
    page.fill("#filter", "nothing like it")
    assert names() == []
    close(visit)


@pytest.mark.parametrize("width", [1440, 360])
@pytest.mark.parametrize("number", [1, 3, 125])
def test_no_label_of_the_timeline_is_cut(
    browser: Browser, tmp_path: Path, release: Records, width: int, number: int
) -> None:
    unused: Records = {key: [] for key in ("blocks", "mentions", "claims", "questions")}
    data = {**release, **unused, "events": release["events"][:number]}
    visit = Visit(
        browser, tmp_path / "t.html", render(data, title="T"), viewport={"width": width, "height": 800}
    )
    page = visit.page
    visit.open("timeline")
    for zoom in page.locator("[data-zoomed]").all():
        zoom.click()
        box = page.locator(".scroller").bounding_box()
        labels = [one_box for one in page.locator(".tick-text").all() if (one_box := one.bounding_box())]
        end = page.locator("svg.timeline").bounding_box()
        assert box is not None
        assert end is not None
        assert labels[0]["x"] >= box["x"]
        assert labels[0]["x"] + labels[0]["width"] <= box["x"] + box["width"]
        assert all(one["x"] + one["width"] <= end["x"] + end["width"] + 1 for one in labels)
    close(visit)


def test_questions_show_all_their_fields_in_columns_under_one_another(visit: Visit, release: Records) -> None:
    page = visit.page
    visit.open("questions")
    wrong = next(row for row in release["questions"] if row["source_error"])
    page.select_option("[data-filter='Source error']", "yes")
    counts(
        page.locator(".questions details:visible"),
        sum(bool(row["source_error"]) for row in release["questions"]),
    )
    item = page.locator(f"[data-record='{wrong['id']}']")
    for part in (
        wrong["type"],
        "source error",
        {True: "right without", False: "needs the"}[wrong["closed_book"]],
    ):
        assert part in item.locator(".tags").inner_text()
    boxes = [
        item.locator(f"summary [data-col='{lang}']").bounding_box() for lang in ("zh-Hans", "zh-Hant", "en")
    ]
    for a, b in pairwise(boxes):
        assert a and b
        assert a["x"] == b["x"] and a["y"] + a["height"] <= b["y"]
    item.locator("summary").click()
    item.locator("text=Show the answer").click()
    assert wrong["source_error"]["en"] in item.locator(".answer").inner_text()
    page.select_option("[data-filter='Source error']", "")
    page.select_option("[data-filter='Closed book']", "false")
    assert page.locator(".questions details:visible").count() == sum(
        not row["closed_book"] for row in release["questions"]
    )
    visit.picture("questions-filtered")


SMALL = Path(__file__).parent / "small" / "raw"


def copied(visit: Visit, button: str) -> str:
    """What a button of the panel copies: in the clipboard, and in the field that shows it."""
    visit.page.click(f"#dock >> text={button}")
    shown = visit.page.locator(".lines:visible").last.input_value()
    assert visit.page.evaluate("navigator.clipboard.readText()") == shown
    return shown


@pytest.mark.slow
def test_copied_lines_are_what_the_build_accepts(browser: Browser, tmp_path: Path) -> None:
    """Lines go from the page into ``annotations/``, and a build does what they say."""
    raw = tmp_path / "raw"
    shutil.copytree(SMALL, raw)
    (raw / "zh" / "orchard.txt").write_text(
        "果农𠮶天迎来丰收。\r\n\r\n“他说：\\好”。\r\n\r\n欢迎点击“分享、点赞、在看”\r\n", encoding="utf-8"
    )
    before = build_release(raw, tmp_path / "dataset").records
    html = render(read_records(tmp_path / "dataset"), title="T")
    visit = Visit(
        browser,
        tmp_path / "c.html",
        html,
        "#source/orchard/zh",
        permissions=["clipboard-read", "clipboard-write"],
    )
    page = visit.page
    visit.click(page.locator(".raw .drop", has_text="欢迎点击"))
    decisions = [copied(visit, "Copy a line that keeps it")]
    assert json.loads(copied(visit, "Copy the decision"))["label"] == "drop"
    page.keyboard.press("Escape")
    page.goto(page.url.partition("#")[0] + "#articles/orchard")
    page.locator("[data-col='zh-Hans'] .s", has_text="他说").click()
    page.select_option("#dock select", "editor_note")
    decisions.append(copied(visit, "Copy a line that removes it"))
    page.goto(page.url.partition("#")[0] + "#articles/harbor")
    page.locator("[data-col='en'] .s", has_text="relights").or_(
        page.locator("[data-col='en'] .s")
    ).first.click()
    one = copied(visit, "Copy the bead")
    beads = copied(visit, "Copy all beads of the article").split("\n")
    assert one in beads
    close(visit)

    notes = tmp_path / "annotations"
    notes.mkdir()
    (notes / "cleaning.jsonl").write_text("\n".join(decisions) + "\n", encoding="utf-8")
    (notes / "beads.jsonl").write_text("\n".join(beads) + "\n", encoding="utf-8")
    after = build_release(raw, tmp_path / "dataset").records
    both = [{row["id"]: row for row in made["sentences"]} for made in (before, after)]
    for id, row in both[1].items():
        if id.startswith("harbor:"):
            assert row == {**both[0][id], "score": 1.0}
    texts = [row["zh_hans"] for row in after["sentences"] if row["article_id"] == "orchard"]
    assert texts == ["果农𠮶天迎来丰收。", "欢迎点击“分享、点赞、在看”"]


def test_a_release_that_lacks_sentences_offers_no_beads_of_an_article(
    browser: Browser, tmp_path: Path, small_release: Path
) -> None:
    data = read_records(small_release)
    data["sentences"] = [row for row in data["sentences"] if row["role"] != "title"]
    visit = Visit(browser, tmp_path / "l.html", render(data, title="T"), "#articles/harbor")
    visit.page.locator(".s").first.click()
    assert "does not hold every sentence" in visit.page.inner_text("#dock")
    counts(visit.page.locator("#dock >> text=Copy all beads"), 0)
    close(visit)


@pytest.mark.slow
def test_five_thousand_articles_are_read_from_a_disk(
    browser: Browser, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = make_page(several(5000, sentences=10), title="T", folder="many_files")
    size = len(page.html.encode())
    assert size < 20_000_000
    assert max(len(text.encode()) for text in page.files.values()) < 2_000_000
    visit = visit_page(browser, tmp_path, page)
    timing = visit.page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd")
    with capsys.disabled():
        print(f"\n5,000 articles: page {size / 1e6:.1f} MB, {len(page.files)} files, ready {timing:.0f} ms")
    counts(visit.page.locator(".index > li"), 100)
    visit.page.click("text=Show 100 more")
    counts(visit.page.locator(".index > li"), 200)
    visit.page.select_option("#order", "removed")
    visit.page.fill("#filter", "a4999")
    visit.page.click(".index a[href='#articles/a4999']")
    appears(visit.page.locator(".row.body p[lang='zh-Hans'] >> text=第4999篇的第9句话"))
    close(visit)


@pytest.mark.slow
def test_a_split_page_shows_every_view_and_searches_every_file(
    browser: Browser, tmp_path: Path, release: Records
) -> None:
    page = make_page(release, title="T", folder="release_files", most=1)
    assert len(page.files) > 1
    visit = visit_page(browser, tmp_path, page)
    window = visit.page
    visit.open("entities")
    window.locator("#entity summary").first.click()
    appears(window.locator("#entity .mentions a").first)
    visit.open("timeline")
    window.click("#chronicle a[href='#timeline/board-dismisses-altman']")
    appears(window.locator("#event .quotation").first)
    visit.open("contradictions")
    window.locator(".claim:visible .jump").first.click()
    appears(window.locator(".s.pinned").first)
    visit.open("source")
    appears(window.locator(".raw .drop").first)
    close(visit)
    visit = visit_page(browser, tmp_path, page)
    window = visit.page
    window.fill("#query", "董事會")
    window.click("text=Search the text of 5 more articles")
    appears(window.locator("#results-status", has_text="127 sentences"))
    window.locator("#results-list a").last.click()
    appears(window.locator(".s.pinned").first)
    close(visit)


def test_a_split_page_says_which_file_is_missing_or_of_another_page(browser: Browser, tmp_path: Path) -> None:
    page = make_page(several(2), title="T", folder="files", most=1)
    write_page(page, tmp_path / "p.html")
    file = tmp_path / "files" / "part-0001.js"
    for break_it, told in (
        (
            lambda: file.write_text(
                file.read_text(encoding="utf-8").replace('0,"', '0,"0', 1), encoding="utf-8"
            ),
            "is not a file of this page",
        ),
        (file.unlink, "cannot be read"),
    ):
        break_it()
        visit = Visit(browser, tmp_path / "p.html", page.html, "#articles/a0001")
        appears(visit.page.locator("[role=alert]"))
        assert f"files/part-0001.js: {told}" in visit.page.inner_text("[role=alert]")
        visit.page.context.close()


def test_a_split_page_works_from_the_server(browser: Browser, tmp_path: Path) -> None:
    page = make_page(several(2), title="T", folder="页 files", most=1)
    with make_server(page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        window = browser.new_page()
        window.goto(f"http://127.0.0.1:{server.server_port}/#articles/a0001")
        appears(window.locator("article.columns"))
        window.close()
        server.shutdown()


def test_a_hostile_split_page_stays_inert(browser: Browser, tmp_path: Path) -> None:
    page = make_page(small(HOSTILE, HOSTILE), title="T", folder="h_files", most=1)
    visit = visit_page(browser, tmp_path, page)
    assert "<script>alert(1)</script>" in visit.page.inner_text("article.columns")
    counts(visit.page.locator("main script, main img"), 0)
    close(visit)


def test_a_removed_piece_is_held_and_let_go_by_keyboard(visit: Visit) -> None:
    page = visit.page
    visit.open("source")
    page.locator(".raw .drop").first.focus()
    page.keyboard.press("Enter")
    counts(page.locator(".raw .drop.pinned"), 1)
    appears(page.locator("#dock >> text=Copy a line that keeps it"))
    page.keyboard.press("Escape")
    counts(page.locator(".raw .drop.pinned"), 0)
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.matches('.raw .drop')")


@pytest.mark.parametrize("left_out", ["zh_hans", "zh_hant", "en"])
def test_a_release_without_a_column_has_no_findings_on_that_column(left_out: str, tmp_path: Path) -> None:
    raw = Path(__file__).parent / "small" / "raw"
    build_release(raw, tmp_path / "out", columns=f"-{left_out}")
    found = list_findings(tmp_path / "out", read_records(tmp_path / "out"))
    assert [finding for finding in found if finding.level != 4 or finding.field == left_out] == []


def test_a_finding_is_shown_with_the_field_that_it_is_about(browser: Browser, tmp_path: Path) -> None:
    found = [
        Finding("length-ratio", 4, "a:s00000", "en", "is far too long"),
        Finding("x", 4, "a", "", "else"),
    ]
    visit = visit_page(browser, tmp_path, make_page(small(), title="T", findings=found))
    visit.page.click("details.findings summary")
    shown = visit.page.locator("details.findings li").all_inner_texts()
    assert shown[0].startswith("length-ratio en: is far too long ")
    assert shown[1].startswith("x else ")
    close(visit)
