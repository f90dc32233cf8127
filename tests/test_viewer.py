"""The viewer page: what render puts into it, and a real browser that clicks through it."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shutil
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from duizhao.report.viewer.page import FIELDS, Page, render
from duizhao.report.viewer.place import make_server

if TYPE_CHECKING:
    from playwright.sync_api import Page

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
HOSTILE = "<script>alert(1)</script> </script> <!-- <img src=x onerror=alert(2)> \u2028 \u2029 ]]> {{script}} \ud800 𠮷野家"


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


def counts(locator: Any, number: int) -> None:
    """The page comes to have ``number`` of these: it draws after the click, not in it."""
    from playwright.sync_api import expect

    expect(locator).to_have_count(number, timeout=20_000)


def appears(locator: Any) -> None:
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


# ---- A real browser -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
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

    def __init__(self, browser: Any, file: Path, html: str, fragment: str = "", **options: Any) -> None:
        file.write_text(html, encoding="utf-8")
        self.complaints: list[str] = []
        self.page: Page = browser.new_context(
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

    def _dismiss(self, dialog: Any) -> None:
        self.complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def open(self, view: str) -> None:
        self.page.click(f"nav a[href='#{view}']")

    def hover(self, locator: Any) -> None:
        """Move onto the last line of a text: the middle of its box may be beside it."""
        locator.scroll_into_view_if_needed()
        box = locator.evaluate(
            "(one) => { const r = one.getClientRects()[one.getClientRects().length - 1]; return [r.x + 3, r.y + r.height / 2]; }"
        )
        self.page.mouse.move(*box)

    def click(self, locator: Any) -> None:
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
def visit(browser: Any, html: str, tmp_path: Path) -> Iterator[Visit]:
    visit = Visit(browser, tmp_path / "页 1.html", html)
    yield visit
    visit.page.context.close()
    assert visit.complaints == []


ARTICLE = "ceo-ousted-analysis"


def read_article(visit: Visit, id: str = ARTICLE) -> None:
    visit.page.click(f".index a[href='#articles/{id}']")
    visit.page.wait_for_selector("article.columns")


def test_opens(visit: Visit, capsys: pytest.CaptureFixture[str], html: str, release: Records) -> None:
    timing = "(() => { const t = performance.getEntriesByType('navigation')[0]; return t.domContentLoadedEventEnd; })()"
    milliseconds = visit.page.evaluate(timing)
    with capsys.disabled():
        print(
            f"\nthe page: {len(html.encode()) / 1e6:.2f} MB; ready {milliseconds:.0f} ms after navigation began"
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


def test_an_address_opens_its_sentence(browser: Any, html: str, tmp_path: Path, release: Records) -> None:
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


def test_phone(browser: Any, html: str, tmp_path: Path) -> None:
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
  const rgba = (color) => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
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
    if (!walker.currentNode.data.trim() || element.closest('script, style, noscript, svg, .hidden') || !element.checkVisibility()) continue;
    const style = getComputedStyle(element);
    const ground = behind(element);
    let ink = rgba(style.color);
    let alpha = 1;
    for (let one = element; one; one = one.parentElement) alpha *= Number(getComputedStyle(one).opacity);
    ink = ink.map((part, i) => part * alpha + ground[i] * (1 - alpha));
    const [high, low] = [luminance(ink), luminance(ground)].sort((a, b) => b - a);
    if ((high + 0.05) / (low + 0.05) < 4.5) poor.add(`${element.tagName}.${element.className} ${high} ${low}`);
  }
  return [...poor];
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_is_double_a(browser: Any, html: str, tmp_path: Path, scheme: str) -> None:
    visit = Visit(browser, tmp_path / "c.html", html, color_scheme=scheme, reduced_motion="reduce")
    page = visit.page
    for view in ("articles", "source", "entities", "timeline", "contradictions", "questions"):
        visit.open(view)
        page.wait_for_timeout(200)
        assert page.evaluate(CONTRAST) == [], view
    visit.open("articles")
    read_article(visit)
    page.click("#entities-toggle")
    visit.click(page.locator(".row.body .s").nth(1))
    page.wait_for_timeout(200)
    assert page.evaluate(CONTRAST) == []
    page.context.close()


def test_landmarks_and_names(visit: Visit) -> None:
    page = visit.page
    for role, name in (("navigation", "Views"), ("search", None), ("main", None), ("banner", None)):
        counts(page.get_by_role(role, **({"name": name} if name else {})), 1)  # type: ignore[arg-type]
    unnamed = "all => all.filter((one) => !(one.textContent.trim() || one.ariaLabel || (one.labels && one.labels.length))).length"
    for view in ("articles", "source", "entities", "timeline", "contradictions", "questions"):
        visit.open(view)
        assert page.eval_on_selector_all("button, a, select, input", unnamed) == 0
        counts(page.locator("h1"), 1)


def test_hostile_small_dataset(browser: Any, tmp_path: Path) -> None:
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
