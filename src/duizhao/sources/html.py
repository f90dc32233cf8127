"""HTML pages to the text of their article."""

from __future__ import annotations

from duizhao.errors import DuizhaoError


def extract_html(data: bytes | str, name: str = "page.html") -> str:
    """The text of an HTML page as Markdown, its title first, by ``trafilatura`` (extra ``html``; Barbaresi 2021).

    What follows, the ledger included, speaks of this text, not of the page. Raises DuizhaoError ``missing-extra`` or
    ``no-article-text``.
    """
    try:
        import trafilatura
    except ImportError:
        raise DuizhaoError(
            "missing-extra", f"{name}: reading HTML needs trafilatura; run: pip install 'duizhao[html]'"
        ) from None
    text = trafilatura.extract(
        data, output_format="markdown", include_comments=False, include_links=False, favor_recall=True
    )
    if not text or not text.strip():
        raise DuizhaoError(
            "no-article-text",
            f"{name}: no article text was found in the page; give the text itself as .txt or .md",
        )
    told = trafilatura.extract_metadata(data)
    title = (told.title or "").strip() if told else ""
    printed = "".join(text.lstrip("# \n").split())
    return text if not title or printed.startswith("".join(title.split())) else f"# {title}\n\n{text}"
