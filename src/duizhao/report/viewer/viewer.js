"use strict";
// Duizhao's viewer. Text is data: it reaches the page through text nodes and attributes only, never as markup.
(() => {
  // ---- Records ---------------------------------------------------------------------------------------------------

  const COLUMNS = [
    { key: "zh_hans", lang: "zh-Hans", name: "简体", label: "Simplified Chinese" },
    { key: "zh_hant", lang: "zh-Hant", name: "繁體", label: "Traditional Chinese" },
    { key: "en", lang: "en", name: "English", label: "English" },
  ];
  const read = JSON.parse(document.getElementById("records").textContent);
  const { about } = read;
  const rowsOf = (columns) => {
    const fields = Object.keys(columns);
    return columns[fields[0]].map((_, i) => Object.fromEntries(fields.map((field) => [field, columns[field][i]])));
  };
  const [articles, entities, events, claims, questions] = ["articles", "entities", "events", "claims", "questions"].map((config) => rowsOf(read[config]));
  const byId = (rows) => new Map(rows.map((row) => [row.id, row]));
  const push = (groups, name, row) => {
    if (!groups.has(name)) groups.set(name, []);
    groups.get(name).push(row);
  };
  const groupBy = (rows, key) => {
    const groups = new Map();
    for (const row of rows) push(groups, key(row), row);
    return groups;
  };
  const articleOf = byId(articles);
  const entityOf = byId(entities);
  const eventOf = byId(events);
  const articleIdOf = (sentenceId) => sentenceId.slice(0, Math.max(0, sentenceId.lastIndexOf(":")));
  const mentionedIn = groupBy(rowsOf(read.mentioned), (row) => row.entity_id);
  const eventsAt = groupBy(events.flatMap((event) => event.evidence.map((id) => ({ id, event }))), (row) => row.id);
  const claimsAt = groupBy(claims.flatMap((claim) => [claim.premise_id, claim.hypothesis_id].map((id) => ({ id, claim }))), (row) => row.id);
  const columns = COLUMNS.filter((column) => about.columns.includes(column.key));

  // What belongs to one article. A small page has it from the start; a large one loads the file that it is in.
  const sentences = [];
  const sentenceOf = new Map();
  const sentencesOf = new Map();
  const blocksOf = new Map();
  const mentionsIn = new Map();
  const mentionsOf = new Map();
  const findingsOf = new Map();
  const startsOf = new Map();
  function take(part) {
    const came = rowsOf(part.sentences);
    for (const row of came) {
      for (const field of ["raw_spans", "en_spans"]) row[field] = row[field] || [];
      sentences.push(row);
      sentenceOf.set(row.id, row);
      push(sentencesOf, row.article_id, row);
    }
    const sorted = (groups, names, order) => { for (const name of new Set(names)) groups.get(name).sort(order); };
    sorted(sentencesOf, came.map((row) => row.article_id), (a, b) => a.position - b.position);
    const pieces = rowsOf(part.blocks);
    for (const row of pieces) push(blocksOf, `${row.article_id}/${row.language}`, row);
    sorted(blocksOf, pieces.map((row) => `${row.article_id}/${row.language}`), (a, b) => a.raw_start - b.raw_start);
    const named = rowsOf(part.mentions);
    for (const row of named) {
      push(mentionsIn, `${row.sentence_id}/${row.language}`, row);
      push(mentionsOf, `${row.entity_id}/${articleIdOf(row.sentence_id)}`, row);
    }
    sorted(mentionsIn, named.map((row) => `${row.sentence_id}/${row.language}`), (a, b) => a.start - b.start);
    for (const row of rowsOf(part.findings)) push(findingsOf, row.article_id, row);
    for (const row of rowsOf(part.starts)) startsOf.set(row.id, row);
    forgetSearch();
  }

  // Files of a large page. Each is a script with one call, since a page from a disk may load nothing else.
  const parts = about.files.map(([name, mark]) => ({ name, mark, rows: null, loading: null }));
  const partOf = new Map(articles.map((article, i) => [article.id, parts[about.place[i]]]));
  window.duizhaoPart = (number, mark, rows) => { if (parts[number] && parts[number].mark === mark) parts[number].rows = rows; };
  function load(part) {
    part.loading = part.loading || new Promise((resolve, reject) => {
      const script = document.createElement("script");
      const path = `${about.folder}/${part.name}`;
      const fail = (problem) => { part.loading = null; reject(new Error(`${path}: ${problem}`)); };
      script.onerror = () => fail("cannot be read. Keep this folder beside the page.");
      script.onload = () => {
        script.remove();
        if (!part.rows) return fail("is not a file of this page. Write the page again.");
        take(part.rows);
        part.rows = null;
        part.done = true;
        return resolve();
      };
      script.src = [about.folder, part.name].map(encodeURIComponent).join("/");
      document.head.append(script);
    });
    return part.loading;
  }
  // Calls `then` when the articles are there: at once where they are already.
  function withArticles(ids, then, fail) {
    const missing = [...new Set(ids.map((id) => partOf.get(id)))].filter((part) => part && !part.done);
    if (!missing.length) return then();
    return void Promise.all(missing.map(load)).then(then, fail);
  }
  const isThere = (id) => !partOf.get(id) || partOf.get(id).done;

  // ---- Small helpers ---------------------------------------------------------------------------------------------

  const $ = (id) => document.getElementById(id);
  const main = $("main");

  function h(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value === null || value === undefined || value === false) continue;
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else element.setAttribute(name, value === true ? "" : value);
    }
    element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
    return element;
  }
  const hidden = (text) => h("span", { class: "hidden" }, text);
  const plural = (count, one, many = `${one}s`) => `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
  const words = (slug) => slug.replace(/[-_]/g, " ").replace(/^./, (letter) => letter.toUpperCase());
  const link = (path, attributes, ...children) => h("a", { href: "#" + path.map(encodeURIComponent).join("/"), ...attributes }, ...children);
  const isOn = (column) => !document.body.classList.contains(`off-${column.lang}`);
  const firstOn = (texts) => columns.find((column) => isOn(column) && texts[column.key]) || columns.find((column) => texts[column.key]);
  const langOf = (text) => (/[\u3400-\u9fff]/.test(text) ? "zh-Hans" : "en");
  const paint = (element, hue) => {
    element.style.setProperty("--hue", hue);
    return element;
  };
  const hues = (names) => new Map([...new Set(names)].sort().map((name, i) => [name, Math.round(25 + i * 137.5) % 360]));
  const typeHue = hues(entities.map((entity) => entity.type));
  const categoryHue = hues(about.categories);

  // Offsets count code points; a JavaScript string counts UTF-16 units. The two differ only where a surrogate stands.
  const cut = (text, start, end) => (/[\ud800-\udfff]/.test(text) ? [...text].slice(start, end).join("") : text.slice(start, end));
  const size = (text) => (/[\ud800-\udfff]/.test(text) ? [...text].length : text.length);

  // The text in pieces: what lies in a mark (sorted, [start, end) in code points) is wrapped, the rest is plain.
  function marked(text, marks, wrap) {
    const pieces = [];
    let at = 0;
    for (const mark of marks) {
      if (mark.start < at) continue;
      pieces.push(cut(text, at, mark.start), wrap(cut(text, mark.start, mark.end), mark));
      at = mark.end;
    }
    pieces.push(cut(text, at));
    return pieces.filter((piece) => piece !== "");
  }

  // One text in every column that is there; which columns are seen is the style sheet's business.
  const three = (texts, attributes) =>
    h("div", { class: "three", ...attributes }, columns.filter((column) => texts && texts[column.key])
      .map((column) => h("p", { lang: column.lang, "data-col": column.lang }, texts[column.key])));
  const best = (texts, fallback) => {
    const column = texts && firstOn(texts);
    return column ? h("span", { lang: column.lang }, texts[column.key]) : h("span", {}, fallback || "");
  };
  const toSentence = (id, column) => ["articles", articleIdOf(id), id, ...(column ? [column.lang] : [])];

  // Sentences as evidence: what each column says, with a link that jumps there.
  function quotations(ids, heading) {
    const box = h("div", { class: "quotations-box" }, h("p", { class: "empty" }, "Loading…"));
    withArticles(ids.map(articleIdOf), () => box.replaceChildren(...quotationsOf(ids, heading)), (error) => box.replaceChildren(problem(error)));
    return [box];
  }
  function quotationsOf(ids, heading) {
    const known = [...new Set(ids)].filter((id) => sentenceOf.has(id));
    const groups = groupBy(known, articleIdOf);
    return [...groups].map(([articleId, group]) => h("section", { class: "quotations" },
      h(heading, {}, articleName(articleId)),
      group.map((id) => h("div", { class: "quotation" }, three(sentenceOf.get(id)),
        link(toSentence(id), { class: "jump" }, "Read it in place ", h("code", {}, id.slice(articleId.length + 1)))))));
  }
  const articleName = (id) => best((articleOf.get(id) || {}).title, id);
  const problem = (error) => h("p", { class: "empty", role: "alert" }, error.message);

  // ---- Columns, theme --------------------------------------------------------------------------------------------

  const memory = {
    get(name) { try { return localStorage.getItem(`duizhao-${name}`); } catch { return null; } },
    set(name, value) { try { localStorage.setItem(`duizhao-${name}`, value); } catch { /* a page from a file may not keep anything */ } },
  };

  function showColumns() {
    const on = columns.filter(isOn);
    // English takes more room than Chinese for the same words.
    const tracks = on.map((column) => `minmax(0, ${column.key === "en" && on.length > 1 ? 1.2 : 1}fr)`);
    document.documentElement.style.setProperty("--tracks", tracks.join(" "));
    for (const button of $("columns").children) {
      const pressed = on.some((column) => column.lang === button.dataset.column);
      button.setAttribute("aria-pressed", pressed);
      button.setAttribute("aria-disabled", pressed && on.length === 1);
    }
  }

  function buildColumns() {
    const narrow = matchMedia("(max-width: 60rem)").matches && columns.length === 3;
    for (const column of columns) {
      if (narrow && column.key === "zh_hant") document.body.classList.add(`off-${column.lang}`);
      $("columns").append(h("button", {
        type: "button", "data-column": column.lang, lang: column.lang, "aria-label": `${column.name}: ${column.label}`, title: column.label,
        onclick() {
          if (isOn(column) && columns.filter(isOn).length === 1) return;
          document.body.classList.toggle(`off-${column.lang}`);
          showColumns();
          if (main.querySelector("svg.timeline")) drawTimeline();
        },
      }, column.name));
    }
    showColumns();
  }

  function buildTheme() {
    const system = matchMedia("(prefers-color-scheme: dark)");
    const root = document.documentElement;
    const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
    const show = () => $("theme").setAttribute("aria-pressed", isDark());
    if (["light", "dark"].includes(memory.get("theme"))) root.dataset.theme = memory.get("theme");
    $("theme").addEventListener("click", () => {
      root.dataset.theme = isDark() ? "light" : "dark";
      memory.set("theme", root.dataset.theme);
      show();
    });
    system.addEventListener("change", show);
    show();
  }

  // ---- Articles --------------------------------------------------------------------------------------------------

  const reading = { spans: new Map(), lit: null, pinned: null, order: [] };

  function viewArticles([articleId, sentenceId, lang]) {
    if (!articleOf.has(articleId) && articles.length === 1) articleId = articles[0].id;
    if (!articleOf.has(articleId)) return shown("articles") || fill("articles", "Articles", articleIndex());
    if (!shown(`articles/${articleId}`)) fill(`articles/${articleId}`, null, ...articlePage(articleOf.get(articleId)));
    if (sentenceId && reading.spans.has(sentenceId)) jump(sentenceId, lang);
    return undefined;
  }

  const ORDERS = [
    ["given", "as in the release", () => 0],
    about.aligned > 0 && ["score", "lowest mean score first", (a, b) => (a.score ?? 2) - (b.score ?? 2)],
    ["removed", "largest removed share first", (a, b) => removedShare(b) - removedShare(a)],
    ["findings", "most findings first", (a, b) => b.findings - a.findings],
    ["sentences", "longest first", (a, b) => b.sentences - a.sentences],
  ].filter(Boolean);
  const KINDS = [
    ["all", "all", () => true],
    ["findings", "with findings", (article) => article.findings > 0],
    about.aligned > 0 && ["one", "with a sentence that is not aligned", (article) => article.aligned < article.sentences],
    ["removed", "with removed text", (article) => removedShare(article) > 0],
  ].filter(Boolean);
  const removedShare = (article) => (article.chars && article.chars.raw ? article.chars.removed / article.chars.raw : 0);
  const percent = (share) => `${(100 * share).toFixed(share && share < 0.1 ? 1 : 0)}%`;
  const BATCH = 100;
  const listing = { query: "", order: "given", kind: "all" };

  function articleIndex() {
    const { counts } = about;
    const facts = [
      plural(counts.articles, "article"), plural(counts.sentences, "sentence"),
      columns.some(({ key }) => key === "en") && `${about.aligned.toLocaleString("en")} aligned with English`,
      counts.entities && plural(counts.entities, "entity", "entities"), counts.events && plural(counts.events, "event"),
      counts.claims && plural(counts.claims, "pair of claims", "pairs of claims"), counts.questions && plural(counts.questions, "question"),
    ].filter(Boolean);
    const list = h("ol", { class: "index" });
    const status = h("p", { class: "note", role: "status" });
    const more = h("button", { type: "button", class: "more", onclick: () => show(list.children.length) });
    let chosen = [];
    const show = (from) => {
      list.append(...chosen.slice(from, from + BATCH).map(articleCard));
      const left = chosen.length - list.children.length;
      more.hidden = left === 0;
      more.textContent = `Show ${Math.min(left, BATCH)} more of ${left.toLocaleString("en")}`;
      if (from) list.children[from].querySelector("a").focus();
    };
    const choose = () => {
      const wanted = fold(listing.query.trim()).split(/\s+/).filter(Boolean);
      const [, , keep] = KINDS.find(([name]) => name === listing.kind);
      const [, , order] = ORDERS.find(([name]) => name === listing.order);
      chosen = articles.filter((article) => keep(article) && wanted.every((word) => labelOf(article).includes(word))).sort(order);
      list.replaceChildren();
      show(0);
      status.textContent = chosen.length === articles.length ? plural(articles.length, "article") : `${chosen.length.toLocaleString("en")} of ${plural(articles.length, "article")}`;
    };
    const menu = (name, id, field, options) => h("label", {}, `${name} `, h("select", { id, onchange({ target }) { listing[field] = target.value; choose(); } },
      options.map(([value, text]) => h("option", { value, selected: listing[field] === value }, text))));
    const box = h("input", { type: "search", id: "filter", value: listing.query, placeholder: "Filter titles, ids, publishers",
      "aria-label": "Filter articles by title, id, publisher or byline", oninput() { listing.query = box.value; choose(); } });
    choose();
    return [
      h("p", { class: "lead" }, facts.join(" · ")),
      articles.length > 1 && h("div", { class: "toolbar sorting" }, h("div", { class: "filter" }, box), menu("Show", "kind", "kind", KINDS), menu("Order", "order", "order", ORDERS), status),
      list, more,
    ];
  }
  const labels = new Map();
  function labelOf(article) {
    if (!labels.has(article.id)) labels.set(article.id, fold([article.id, ...Object.values(article.title), article.publisher, article.byline].filter(Boolean).join("\n")));
    return labels.get(article.id);
  }

  function articleCard(article) {
    const titled = columns.filter((column) => article.title[column.key]);
    return h("li", {},
      link(["articles", article.id], { class: "card" }, titled.length
        ? titled.map((column) => h("span", { class: "card-title", lang: column.lang, "data-col": column.lang }, article.title[column.key]))
        : h("span", { class: "card-title untitled" }, article.id)),
      factsOf(article), ledgerBar(article));
  }

  const SCRIPTS = { "zh-Hans": "Simplified", "zh-Hant-TW": "Traditional (Taiwan)", "zh-Hant-HK": "Traditional (Hong Kong)", mixed: "both scripts" };
  function factsOf(article) {
    const facts = [
      h("code", {}, article.id),
      article.byline && h("span", { lang: langOf(article.byline) }, article.byline),
      article.publisher && h("span", { lang: langOf(article.publisher) }, article.publisher),
      article.published && h("time", { datetime: article.published }, article.published.replace("T", " ")),
      article.genre, plural(article.sentences, "sentence"),
      article.aligned > 0 && `${article.aligned.toLocaleString("en")} aligned`,
      article.score !== null && `mean score ${article.score.toFixed(3)}`,
      article.chars && `${percent(removedShare(article))} removed`,
      article.findings > 0 && h("span", { class: "warn" }, plural(article.findings, "finding")),
      `written in ${SCRIPTS[article.source_script] || "Traditional"}`,
      article.translated_from && webLink(article.translated_from, "a translation of"),
      article.url && webLink(article.url, "published at"),
    ];
    return h("p", { class: "facts" }, facts.filter(Boolean).map((fact) => h("span", { class: "fact" }, fact)));
  }

  function webLink(url, before) {
    const host = /^https?:\/\/([^/?#]+)/i.exec(url);
    return host ? [`${before} `, h("a", { href: url, rel: "noreferrer noopener", target: "_blank" }, host[1])] : `${before} ${url}`;
  }

  const LEDGER = [["kept", "kept"], ["removed", "removed"], ["markup", "markup"]];
  function ledgerBar(article) {
    const { chars } = article;
    if (!chars) return null;
    const text = `${chars.raw.toLocaleString("en")} characters received: ` +
      LEDGER.map(([key, name]) => `${chars[key].toLocaleString("en")} ${name}`).join(", ");
    return h("figure", { class: "ledger" },
      h("div", { class: "ledger-bar", "aria-hidden": "true" }, LEDGER.map(([key]) => {
        const part = h("span", { class: key });
        part.style.flexGrow = chars[key];
        return part;
      })),
      h("figcaption", {}, text));
  }

  function articlePage(article) {
    const rows = sentencesOf.get(article.id) || [];
    Object.assign(reading, { spans: new Map(), lit: null, pinned: null, order: rows.map((row) => row.id) });
    const body = h("article", { class: "columns" }, columnHeads(article), paragraphs(rows));
    // A finger does not hover, and a panel that came up under it would take its tap: only a mouse and the keyboard light.
    body.addEventListener("pointerover", (event) => { if (event.pointerType !== "touch") light(event.target.closest(".s")); });
    body.addEventListener("pointerleave", () => light(null));
    body.addEventListener("focusin", (event) => { if (event.target.matches(".s:focus-visible")) light(event.target); });
    body.addEventListener("click", clickSentence);
    body.addEventListener("keydown", moveSentence);
    const first = body.querySelector(".s");
    if (first) first.tabIndex = 0;
    return [
      h("h1", { class: "hidden", tabindex: -1 }, "Article: ", articleName(article.id)),
      toolbar("articles", article.id, entityToggle(), article.files.includes("zh") && link(["source", article.id, "zh"], { class: "button" }, "Source file"), entityKey()),
      factsOf(article), findingList(article), rareNote(rows), body,
    ];
  }

  function toolbar(view, articleId, ...more) {
    const choose = h("select", { id: "article", onchange() { location.hash = `#${view}/${encodeURIComponent(choose.value)}`; } },
      articles.map((article) => {
        const column = firstOn(article.title);
        return h("option", { value: article.id, selected: article.id === articleId, lang: column && column.lang },
          column ? article.title[column.key] : article.id);
      }));
    return h("div", { class: "toolbar" }, h("label", { class: "choose" }, hidden("Article"), choose), more);
  }

  function entityToggle() {
    if (!about.counts.mentions) return null;
    const on = document.body.classList.contains("entities");
    return h("button", {
      type: "button", id: "entities-toggle", "aria-pressed": String(on),
      onclick({ currentTarget }) {
        currentTarget.setAttribute("aria-pressed", document.body.classList.toggle("entities"));
      },
    }, "Entities");
  }
  const entityKey = () => about.counts.mentions > 0 && h("ul", { class: "key", "aria-label": "Colours of the types" },
    [...typeHue].map(([type, hue]) => h("li", {}, paint(h("span", { class: "m" }, words(type)), hue))));

  // What each column is: the file's own text, or made from it.
  function originOf(article, column) {
    if (column.key === "en") return article.en_path ? "as written" : "no English file";
    if (article.source_script === "mixed") return "written in both scripts; converted where it was the other one";
    return article.source_script.startsWith(column.lang) ? "as written" : "converted";
  }
  function columnHeads(article) {
    return h("div", { class: "row heads" }, columns.map((column) =>
      h("div", { class: "cell", "data-col": column.lang }, h("span", { lang: column.lang }, column.name), " ", h("small", {}, originOf(article, column)))));
  }

  // A message says what its field is: "zh_hant: is null". The command line writes it in the same way.
  function toldOf(finding) {
    return finding.field ? `${finding.field}: ${finding.message}` : finding.message;
  }

  function findingList(article) {
    const rows = findingsOf.get(article.id) || [];
    return rows.length > 0 && h("details", { class: "findings" }, h("summary", {}, plural(rows.length, "finding")),
      h("ol", {}, rows.map((row) => h("li", {}, h("code", {}, row.id), ` ${toldOf(row)} `,
        sentenceOf.has(row.record) ? link(toSentence(row.record), { class: "jump" }, "Read it in place ", h("code", {}, row.record.slice(article.id.length + 1))) : h("code", {}, row.record)))));
  }

  // Many systems have no glyph for the characters beyond the first plane of Unicode.
  function rareNote(rows) {
    const rare = new Set(rows.flatMap((row) => `${row.zh_hans || ""}${row.zh_hant || ""}`.match(/[\u{20000}-\u{3ffff}]/gu) || []));
    if (!rare.size) return null;
    const shown = [...rare].sort().slice(0, 12).map((char) => [h("span", { lang: "zh-Hans" }, char), ` (U+${char.codePointAt(0).toString(16).toUpperCase()})`]);
    return h("p", { class: "note rare" }, `Rare ${rare.size === 1 ? "character" : "characters"}: `, shown.flatMap((one, i) => (i ? [", ", one] : [one])),
      rare.size > 12 && `, and ${rare.size - 12} more`, ". Where you see an empty box, install a font that has them, for example Noto Serif CJK or BabelStone Han.");
  }

  const TAGS = { title: "h2", heading: "h3", quote: "blockquote" };
  function paragraphs(rows) {
    let before = null;
    return [...groupBy(rows, (row) => row.paragraph).values()].map((group) => {
      const { role, speaker } = group[0];
      const named = speaker && !(before && before.speaker === speaker && before.role === role);
      before = group[0];
      return h("div", { class: `row ${role}` }, columns.map((column) => {
        const spans = group.filter((row) => row[column.key]).map((row) => [sentenceSpan(row, column), column.key === "en" ? " " : ""]);
        return h("div", { class: "cell", "data-col": column.lang },
          named && spans.length > 0 && h("p", { class: "speaker", lang: langOf(speaker) }, speaker),
          spans.length > 0 && h(TAGS[role] || "p", { lang: column.lang }, spans));
      }));
    });
  }

  function sentenceSpan(row, column) {
    const span = h("span", { class: "s", tabindex: -1 },
      marked(row[column.key], mentionsIn.get(`${row.id}/${column.lang}`) || [], (text, mention) => {
        const entity = entityOf.get(mention.entity_id);
        const element = h("span", { class: "m", title: entity ? entity.type : null }, text);
        element.entityId = mention.entity_id;
        return entity ? paint(element, typeHue.get(entity.type)) : element;
      }));
    span.sentenceId = row.id;
    span.column = column;
    if (!reading.spans.has(row.id)) reading.spans.set(row.id, new Map());
    reading.spans.get(row.id).set(column.lang, span);
    return span;
  }

  // Lights a sentence and its counterparts; a pinned one stays lit until it is let go.
  function light(span, { force = false } = {}) {
    const id = span ? span.sentenceId : null;
    if (reading.pinned && !force) return;
    if (reading.lit) for (const other of reading.spans.get(reading.lit).values()) other.classList.remove("on");
    reading.lit = id;
    if (id === null) return void showDock(null);
    for (const other of reading.spans.get(id).values()) other.classList.add("on");
    showDock(sentenceFacts(sentenceOf.get(id)));
  }

  function pin(id) {
    if (reading.pinned) for (const span of reading.spans.get(reading.pinned).values()) {
      span.classList.remove("pinned");
      span.removeAttribute("aria-current");
    }
    reading.pinned = id;
    if (id === null) return light(null, { force: true });
    const spans = [...reading.spans.get(id).values()];
    for (const span of spans) {
      span.classList.add("pinned");
      span.setAttribute("aria-current", "true");
    }
    return light(spans[0], { force: true });
  }

  function clickSentence(event) {
    const mention = event.target.closest(".m");
    if (mention && mention.entityId && document.body.classList.contains("entities")) return openDrawer(mention.entityId);
    const span = event.target.closest(".s");
    if (!span || String(getSelection())) return undefined;
    settle(span);
    pin(reading.pinned === span.sentenceId ? null : span.sentenceId);
    return span.scrollIntoView({ block: "nearest" });
  }

  // One sentence at a time is in the Tab order; the arrows move among them.
  function settle(span) {
    for (const other of main.querySelectorAll('.s[tabindex="0"]')) other.tabIndex = -1;
    span.tabIndex = 0;
    span.setAttribute("aria-describedby", "dock");
    span.focus({ preventScroll: true });
  }

  function moveSentence(event) {
    const span = event.target.closest(".s");
    if (!span || event.altKey || event.ctrlKey || event.metaKey) return;
    const at = reading.order.indexOf(span.sentenceId);
    const seek = (from, step) => {
      for (let i = from; i >= 0 && i < reading.order.length; i += step) {
        const other = reading.spans.get(reading.order[i]);
        if (other && other.has(span.column.lang)) return other.get(span.column.lang);
      }
      return null;
    };
    const beside = (step) => {
      const on = columns.filter((column) => isOn(column) && reading.spans.get(span.sentenceId).has(column.lang));
      return reading.spans.get(span.sentenceId).get((on[on.indexOf(span.column) + step] || {}).lang);
    };
    const moves = {
      ArrowDown: () => seek(at + 1, 1), ArrowUp: () => seek(at - 1, -1), ArrowRight: () => beside(1), ArrowLeft: () => beside(-1),
      Home: () => seek(0, 1), End: () => seek(reading.order.length - 1, -1),
    };
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      pin(reading.pinned === span.sentenceId ? null : span.sentenceId);
    } else if (moves[event.key]) {
      event.preventDefault();
      const next = moves[event.key]();
      if (!next) return;
      if (reading.pinned && reading.pinned !== next.sentenceId) pin(null);
      settle(next);
      next.scrollIntoView({ block: "nearest" });
    }
  }

  function jump(id, lang) {
    const spans = reading.spans.get(id);
    const column = columns.find((other) => other.lang === lang && spans.has(lang)) || columns.find((other) => isOn(other) && spans.has(other.lang));
    const span = spans.get(column ? column.lang : [...spans.keys()][0]);
    if (!isOn(span.column)) {
      document.body.classList.remove(`off-${span.column.lang}`);
      showColumns();
    }
    pin(id);
    settle(span);
    span.scrollIntoView({ block: "center" });
    for (const other of spans.values()) other.classList.add("flash");
    setTimeout(() => { for (const other of spans.values()) other.classList.remove("flash"); }, 1600);
  }

  // ---- Dock and drawer -------------------------------------------------------------------------------------------

  // Where there is a mouse the panel keeps its place, so that it never comes up under the pointer.
  function showDock(content) {
    const [view, id] = (main.dataset.view || "").split("/");
    if (!content && id && matchMedia("(hover: hover)").matches && HINTS[view]) content = [h("p", { class: "hint" }, HINTS[view])];
    $("dock").hidden = !content;
    if (content) $("dock").replaceChildren(...content.flat(Infinity).filter(Boolean));
  }

  const HINTS = {
    articles: "Point at a sentence to see its counterparts; click to pin it and to copy its lines. Arrow keys move among sentences, Enter pins, / searches, Escape closes.",
    source: "Point at a struck-out piece to see why it was removed; click it, or press Enter, to copy a line that keeps it. Click a kept one to read it in its article.",
  };
  const fact = (name, value) => h("span", { class: "fact" }, h("span", { class: "fact-name" }, name), " ", h("code", {}, value));
  const spansText = (spans) => spans.map(([start, end]) => `${start}–${end}`).join(", ");

  function sentenceFacts(row) {
    const ids = new Set(columns.flatMap((column) => (mentionsIn.get(`${row.id}/${column.lang}`) || []).map((mention) => mention.entity_id)));
    const named = [...ids].filter((id) => entityOf.has(id)).map((id) =>
      paint(h("button", { type: "button", class: "chip", onclick: () => openDrawer(id) }, best(canonical(entityOf.get(id)), id)), typeHue.get(entityOf.get(id).type)));
    const happened = (eventsAt.get(row.id) || []).map(({ event }) => link(["timeline", event.id], { class: "chip plain" }, "Event: ", best(event.title)));
    const claimed = (claimsAt.get(row.id) || []).map(({ claim }) => link(["contradictions", claim.id], { class: "chip plain" }, `${words(claim.label)}: ${words(claim.topic)}`));
    const more = [...named, ...happened, ...claimed];
    return [
      h("div", { class: "dock-facts" }, h("code", { class: "id" }, row.id), fact("bead", row.bead.replace("-", "–")),
        row.score !== null && fact("score", row.score.toFixed(3)),
        row.raw_spans.length > 0 && fact("Chinese file", spansText(row.raw_spans)),
        row.en_spans.length > 0 && fact("English file", spansText(row.en_spans)),
        row.raw_spans.length > 0 && articleOf.get(row.article_id).files.includes("zh") &&
          link(["source", row.article_id, "zh", String(row.raw_spans[0][0])], {}, "See it in the source"),
        reading.pinned === row.id && h("button", { type: "button", class: "quiet unpin", onclick: () => pin(null) }, "Unpin")),
      (findingsOf.get(row.article_id) || []).filter((one) => one.record === row.id).map((one) => h("p", { class: "warn" }, `${one.id}: ${toldOf(one)}`)),
      more.length > 0 && h("div", { class: "chips" }, more),
      reading.pinned === row.id && foldable(sentenceActions(row)),
    ].filter(Boolean);
  }

  // ---- Lines for annotations/ ------------------------------------------------------------------------------------

  // One line of JSON, written as the files of annotations/ are.
  const jsonLine = (row) => `{${Object.entries(row).map(([name, value]) => `${JSON.stringify(name)}: ${Array.isArray(value) ? `[${value.join(", ")}]` : JSON.stringify(value)}`).join(", ")}}`;

  async function copyText(text, field) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      field.focus();
      field.select();
      try { return document.execCommand("copy"); } catch { return false; }
    }
  }

  // Buttons that copy lines, and a field that shows what was copied. `actions` are pairs: what it does, the lines.
  function copying(file, actions, ...more) {
    const field = h("textarea", { class: "lines", readonly: true, rows: 2, "aria-label": `Lines for annotations/${file}`, hidden: true });
    const status = h("p", { class: "note", role: "status" });
    const copy = async (lines) => {
      field.value = lines;
      field.hidden = false;
      const done = await copyText(lines, field);
      const what = plural(lines.split("\n").length, "line");
      status.textContent = done ? `Copied ${what}: add to annotations/${file}` : `Press Ctrl-C to copy ${what}, then add to annotations/${file}`;
    };
    return h("div", { class: "copying" }, h("div", { class: "switches" },
      actions.map(([text, lines, title]) => h("button", { type: "button", title, onclick: () => copy(lines()) }, text)), more), status, field);
  }

  // On a narrow screen the buttons are folded away, since the panel would cover the text.
  const foldable = (content) => h("details", { class: "correct", open: !matchMedia("(max-width: 60rem)").matches }, h("summary", {}, "Correct it: copy a line for annotations/"), content);

  // Where the sentences of a row start in its files; null where that is not known.
  function startsIn(row, side) {
    const told = startsOf.get(row.id);
    if (told) return told[side];
    return (side === "zh" ? row.raw_spans : row.en_spans).map(([start]) => start);
  }
  const beadLine = (row) => jsonLine({ article_id: row.article_id, zh: startsIn(row, "zh"), en: startsIn(row, "en") });
  const isTold = (row) => startsIn(row, "zh") !== null && startsIn(row, "en") !== null;

  // A build takes the beads of an article only if they cover both files.
  function isWhole(articleId) {
    const rows = sentencesOf.get(articleId) || [];
    const held = new Set(rows.flatMap((row) => [...row.raw_spans.map(([start]) => `zh/${start}`), ...row.en_spans.map(([start]) => `en/${start}`)]));
    return rows.every(isTold) && ["zh", "en"].every((language) => (blocksOf.get(`${articleId}/${language}`) || [])
      .every((block) => block.label !== "keep" || held.has(`${language}/${block.raw_start}`)));
  }

  function sentenceActions(row) {
    const article = articleOf.get(row.article_id);
    const made = [];
    if (article.files.includes("en")) {
      const rows = sentencesOf.get(row.article_id);
      const whole = isWhole(row.article_id);
      made.push(copying("beads.jsonl", [
        isTold(row) && ["Copy the bead", () => beadLine(row), "One line: it takes the place of the line that has this bead"],
        whole && ["Copy all beads of the article", () => rows.map(beadLine).join("\n"), "A build wants the beads of a whole article"],
      ].filter(Boolean), whole ? h("span", { class: "muted" }, "A build wants all beads of an article, in order: copy all once, then change lines.")
        : h("span", { class: "muted" }, "This release does not hold every sentence of the article, so its beads cannot be copied as a whole.")));
    }
    if (row.raw_spans.length && blocksOf.has(`${row.article_id}/zh`)) {
      const [start, end] = [row.raw_spans[0][0], row.raw_spans[row.raw_spans.length - 1][1]];
      const category = h("select", { "aria-label": "Category of the removed text" }, about.decisions.map((name) => h("option", { value: name }, words(name))));
      made.push(copying("cleaning.jsonl", [
        ["Copy a line that removes it", () => decisionLine(row.article_id, start, end, "drop", category.value, "It does not belong to the article."), "The build then removes this sentence"],
      ], h("label", {}, "as ", category)));
    }
    return made;
  }

  function decisionLine(articleId, start, end, label, category, why) {
    const text = (blocksOf.get(`${articleId}/zh`) || []).filter((block) => block.raw_start < end && block.raw_end > start)
      .map((block) => cut(block.text, Math.max(0, start - block.raw_start), Math.min(end, block.raw_end) - block.raw_start)).join("");
    return jsonLine({ article_id: articleId, start, end, surface: text, label, category, why });
  }

  function blockActions(block) {
    if (block.language !== "zh") return null;
    if (!about.decisions.includes(block.category)) return h("p", { class: "muted" }, "Left out by an option of the build, not by the cleaner.");
    const line = (label, category, why) => () => decisionLine(block.article_id, block.raw_start, block.raw_end, label, category, why);
    return copying("cleaning.jsonl", [
      ["Copy a line that keeps it", line("keep", null, "It belongs to the article."), "The build then keeps this piece"],
      ["Copy the decision", line("drop", block.category, block.reason || "It does not belong to the article."), "The build then removes this piece, whatever the cleaner says"],
    ]);
  }

  // ---- Entity drawer ---------------------------------------------------------------------------------------------

  let drawerOpener = null;
  function openDrawer(id) {
    if (!entityOf.has(id)) return;
    if ($("drawer").hidden) drawerOpener = document.activeElement;
    $("drawer").replaceChildren(
      h("button", { type: "button", class: "quiet close", onclick: closeDrawer }, "Close"), ...entityDetail(entityOf.get(id), "h2"),
    );
    $("drawer").hidden = false;
    document.body.classList.add("with-drawer");
    $("drawer").scrollTop = 0;
    $("drawer").querySelector("h2").focus({ preventScroll: true });
  }
  function closeDrawer() {
    if ($("drawer").hidden) return false;
    $("drawer").hidden = true;
    document.body.classList.remove("with-drawer");
    if (drawerOpener && drawerOpener.isConnected) drawerOpener.focus({ preventScroll: true });
    return true;
  }

  // ---- Source ----------------------------------------------------------------------------------------------------

  const sourceId = (id) => (articleOf.has(id) ? id : (articles.find((article) => article.files.length) || articles[0]).id);
  function viewSource([articleId, language, start]) {
    const id = sourceId(articleId);
    const file = blocksOf.has(`${id}/${language}`) ? language : "zh";
    const key = `source/${id}/${file}`;
    if (!shown(key)) fill(key, null, ...sourcePage(articleOf.get(id), file));
    if (start === undefined) return;
    const target = [...main.querySelectorAll(".raw > *")].filter((element) => element.block.raw_start <= Number(start)).pop();
    if (!target) return;
    target.classList.add("flash");
    target.scrollIntoView({ block: "center" });
    target.tabIndex = -1;
    target.focus({ preventScroll: true });
    setTimeout(() => target.classList.remove("flash"), 1600);
  }

  function sourcePage(article, file) {
    const rows = blocksOf.get(`${article.id}/${file}`) || [];
    const raw = h("div", { class: "raw", lang: file === "zh" ? article.source_script : "en" }, rows.map(sourcePiece));
    const other = file === "zh" ? "en" : "zh";
    letGo();
    const show = (event) => {
      const piece = event.target.closest(".drop");
      if (!held) showDock(piece ? removedFacts(piece.block) : null);
    };
    for (const name of ["pointerover", "focusin"]) raw.addEventListener(name, show);
    raw.addEventListener("pointerleave", () => { if (!held) showDock(null); });
    raw.addEventListener("click", (event) => { if (event.target.closest(".drop") && !String(getSelection())) hold(event.target.closest(".drop")); });
    raw.addEventListener("keydown", movePiece);
    const first = raw.querySelector(".drop");
    if (first) first.tabIndex = 0;
    return [
      h("h1", { class: "hidden", tabindex: -1 }, "Source file of ", articleName(article.id)),
      toolbar("source", article.id,
        article.files.includes(other) && link(["source", article.id, other], { class: "button" }, other === "en" ? "English file" : "Chinese file"),
        link(["articles", article.id], { class: "button" }, "Read the article")),
      h("p", { class: "facts" }, h("code", {}, (file === "zh" ? article.raw_path : article.en_path) || file)),
      file === "zh" && ledgerBar(article), h("div", { class: "file" }, legend(rows, raw), raw),
    ];
  }

  function sourcePiece(block) {
    const category = block.category || "other";
    let piece;
    if (block.label === "drop") {
      piece = h("del", { class: "drop", "data-kind": category, tabindex: -1, title: `Removed: ${removal(block)}` },
        hidden(`[removed: ${removal(block)}: `), block.text, hidden(" end of removed text] "));
      paint(piece, categoryHue.get(category));
    } else if (block.label === "markup") {
      piece = h("span", { class: "markup", "data-kind": "markup" }, block.text);
    } else {
      piece = h("span", { class: "keep", "data-kind": "kept", onclick: () => { if (!String(getSelection())) readPiece(block); } }, block.text);
    }
    piece.block = block;
    return piece;
  }

  // From a kept piece to the sentence that it is part of.
  function readPiece(block) {
    const field = block.language === "zh" ? "raw_spans" : "en_spans";
    const row = (sentencesOf.get(block.article_id) || []).find((sentence) => sentence[field].some(([start, end]) => start < block.raw_end && end > block.raw_start));
    const column = block.language === "zh" ? null : columns.find(({ key }) => key === "en");
    if (row) location.hash = `#${toSentence(row.id, column).map(encodeURIComponent).join("/")}`;
  }

  // A held piece keeps its facts in the panel, so that the pointer can reach the buttons there.
  let held = null;
  function letGo() {
    if (!held) return false;
    held.classList.remove("pinned");
    held.removeAttribute("aria-current");
    held = null;
    showDock(null);
    return true;
  }
  function hold(piece) {
    const before = held;
    letGo();
    if (piece === before) return;
    held = piece;
    piece.classList.add("pinned");
    piece.setAttribute("aria-current", "true");
    showDock(removedFacts(piece.block));
  }

  function movePiece(event) {
    if (event.target.matches(".drop") && (event.key === "Enter" || event.key === " ")) {
      event.preventDefault();
      return hold(event.target);
    }
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    const piece = event.target.closest(".drop");
    if (!step || !piece) return undefined;
    event.preventDefault();
    letGo();
    const pieces = [...event.currentTarget.querySelectorAll(".drop")].filter((other) => other.offsetParent);
    const next = pieces[pieces.indexOf(piece) + step];
    if (!next) return undefined;
    piece.tabIndex = -1;
    next.tabIndex = 0;
    return next.focus();
  }

  const removal = ({ category, reason }) => [words(category || "other"), reason !== category && reason].filter(Boolean).join("; ");
  const removedFacts = (block) => [h("div", { class: "dock-facts" },
    h("strong", {}, `Removed: ${words(block.category || "other")}`), block.reason !== block.category && h("span", { class: "fact" }, block.reason || "no reason given"),
    fact("characters", `${block.raw_start}–${block.raw_end}`),
    held && held.block === block && h("button", { type: "button", class: "quiet unpin", onclick: letGo }, "Unpin")),
    held && held.block === block && foldable(blockActions(block))];

  // Switches for every kind of piece, with its count; off hides the pieces.
  function legend(rows, raw) {
    const groups = groupBy(rows, (block) => (block.label === "drop" ? block.category || "other" : block.label === "keep" ? "kept" : "markup"));
    const rank = (kind) => (kind === "kept" ? 0 : kind === "markup" ? 2 : 1);
    const kinds = [...groups].sort((a, b) => rank(a[0]) - rank(b[0]) || b[1].length - a[1].length);
    return h("div", { class: "legend", role: "group", "aria-label": "What is shown" }, h("h2", {}, "What is shown"), kinds.map(([kind, group]) => {
      const chars = group.reduce((sum, block) => sum + block.raw_end - block.raw_start, 0);
      const button = h("button", {
        type: "button", "aria-pressed": "true", class: rank(kind) === 1 ? "category" : kind, title: plural(chars, "character"),
        onclick() {
          const on = button.getAttribute("aria-pressed") === "false";
          button.setAttribute("aria-pressed", on);
          for (const piece of raw.children) if (piece.dataset.kind === kind) piece.hidden = !on;
        },
      }, h("span", { class: "swatch" }), words(kind), " ", h("span", { class: "count" }, String(group.length)),
      hidden(group.length === 1 ? "piece," : "pieces,"), h("span", { class: "chars" }, plural(chars, "character")));
      return paint(button, categoryHue.get(kind) || 0);
    }));
  }

  // ---- Entities --------------------------------------------------------------------------------------------------

  const canonical = (entity) => Object.fromEntries(COLUMNS.map(({ key }) => [key, (entity.names[key] || [])[0]]));
  const countOf = (id) => (mentionedIn.get(id) || []).reduce((sum, row) => sum + row.count, 0);

  function viewEntities([id]) {
    if (!shown("entities")) fill("entities", "Entities", entityPage());
    const chosen = entityOf.get(id) || [...entities].sort((a, b) => countOf(b.id) - countOf(a.id))[0];
    for (const item of main.querySelectorAll(".entity-list a")) {
      if (item.entityId === chosen.id) item.setAttribute("aria-current", "true");
      else item.removeAttribute("aria-current");
    }
    $("entity").replaceChildren(...entityDetail(chosen, "h2"));
    if (id) {
      $("entity").querySelector("h2").focus({ preventScroll: true });
      if (matchMedia("(max-width: 60rem)").matches) $("entity").scrollIntoView();
    }
  }

  function entityPage() {
    const list = h("div", { class: "entity-list" });
    const groups = groupBy([...entities].sort((a, b) => countOf(b.id) - countOf(a.id)), (entity) => entity.type);
    for (const [type, group] of groups) {
      list.append(h("section", {}, h("h2", {}, paint(h("span", { class: "m" }, words(type)), typeHue.get(type)), " ", h("span", { class: "count" }, String(group.length))),
        h("ul", {}, group.map((entity) => {
          const item = link(["entities", entity.id], {}, best(canonical(entity), entity.id), " ", h("span", { class: "count" }, String(countOf(entity.id))), hidden("mentions"));
          item.entityId = entity.id;
          return h("li", {}, item);
        }))));
    }
    const box = h("input", { type: "search", placeholder: "Filter names", "aria-label": "Filter names, in either script", oninput() {
      const wanted = fold(box.value.trim());
      for (const item of list.querySelectorAll("li")) {
        const names = Object.values(entityOf.get(item.firstChild.entityId).names).flat();
        item.hidden = !names.some((name) => fold(name).includes(wanted));
      }
      for (const section of list.children) section.hidden = !section.querySelector("li:not([hidden])");
    } });
    return h("div", { class: "split" }, h("div", { class: "side" }, box, list), h("div", { id: "entity", class: "detail" }));
  }

  function entityDetail(entity, heading) {
    const groups = (mentionedIn.get(entity.id) || []).filter((row) => articleOf.has(row.article_id));
    const description = entity.description || {};
    return [
      h("p", { class: "eyebrow" }, paint(h("span", { class: "m" }, words(entity.type)), typeHue.get(entity.type))),
      h(heading, { tabindex: -1 }, columns.filter((column) => (entity.names[column.key] || [])[0])
        .map((column) => h("span", { lang: column.lang, "data-col": column.lang }, entity.names[column.key][0]))),
      description.zh_hans && h("p", { lang: "zh-Hans" }, description.zh_hans),
      description.en && h("p", { lang: "en" }, description.en),
      entity.wikidata && h("p", { class: "facts" }, "Wikidata ", h("span", { class: "qid" }, entity.wikidata)),
      h("h3", {}, "Spellings"),
      h("div", { class: "spellings" }, columns.map((column) => h("div", { "data-col": column.lang },
        h("h4", {}, h("span", { lang: column.lang }, column.name)),
        h("ul", { lang: column.lang }, (entity.names[column.key] || []).map((name) => h("li", {}, name)))))),
      h("h3", {}, "Mentions ", h("span", { class: "count" }, String(countOf(entity.id)))),
      groups.map((row) => mentionList(row, groups.length === 1)),
    ].flat().filter(Boolean);
  }

  function mentionList({ entity_id: entityId, article_id: articleId, count }, open) {
    const list = h("ol", { class: "mentions" });
    const fillList = () => {
      const rank = (id) => sentenceOf.get(id).position;
      const groups = [...groupBy(mentionsOf.get(`${entityId}/${articleId}`) || [], (row) => row.sentence_id)].filter(([id]) => sentenceOf.has(id));
      list.replaceChildren(...groups.sort((a, b) => rank(a[0]) - rank(b[0])).map(([id, group]) => h("li", {}, columns.map((column) => {
        const here = group.filter((row) => row.language === column.lang).sort((a, b) => a.start - b.start);
        return here.length > 0 && link(toSentence(id, column), { lang: column.lang, "data-col": column.lang }, excerpt(sentenceOf.get(id)[column.key], here));
      }))));
    };
    const build = () => { if (!list.firstChild) withArticles([articleId], fillList, (error) => list.replaceChildren(problem(error))); };
    const details = h("details", { open, ontoggle() { if (details.open) build(); } },
      h("summary", {}, articleName(articleId), " ", h("span", { class: "count" }, String(count))), list);
    if (open) build();
    return details;
  }

  function excerpt(text, marks, around = 26) {
    const start = Math.max(0, marks[0].start - around);
    const end = Math.min(size(text), Math.max(...marks.map((mark) => mark.end)) + around);
    const moved = marks.map((mark) => ({ start: mark.start - start, end: mark.end - start }));
    return [start > 0 && "…", marked(cut(text, start, end), moved, (piece) => h("mark", {}, piece)), end < size(text) && "…"];
  }

  // ---- Timeline --------------------------------------------------------------------------------------------------

  const DAY = 86400000;
  const time = (text) => {
    const [, year, month, day, hour, minute] = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d))?)?)?/.exec(text).map(Number);
    return Date.UTC(year, (month || 1) - 1, day || 1, hour || 0, minute || 0);
  };
  const format = (at, options) => new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", ...options }).format(at);
  const PRECISION = {
    year: { year: "numeric" }, month: { month: "long", year: "numeric" }, day: { day: "numeric", month: "long", year: "numeric" },
    minute: { day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit" },
  };
  const when = (event) => [event.start, event.end].filter(Boolean).map((at) => format(time(at), PRECISION[event.precision])).join(" – ");
  const coarse = (event) => ["year", "month"].includes(event.precision);
  const COARSENESS = ["year", "month", "day", "minute"];
  const chronicle = [...events].sort((a, b) => time(a.start) - time(b.start) || COARSENESS.indexOf(a.precision) - COARSENESS.indexOf(b.precision));
  const timeline = { zoomed: true, chosen: null };

  // The seven days with the most events; of equals the latest.
  const burst = (() => {
    const exact = chronicle.filter((event) => !coarse(event)).map((event) => Math.floor(time(event.start) / DAY) * DAY);
    let top = { start: NaN, count: 0 };
    for (const last of new Set(exact)) for (let start = last - 6 * DAY; start <= last; start += DAY) {
      const count = exact.filter((at) => at >= start && at < start + 7 * DAY).length;
      if (count > top.count || (count === top.count && start > top.start)) top = { start, count };
    }
    return top;
  })();
  timeline.zoomed = burst.count > 0;
  const inBurst = (event) => !coarse(event) && time(event.start) >= burst.start && time(event.start) < burst.start + 7 * DAY;

  function viewTimeline([id]) {
    if (eventOf.has(id)) {
      timeline.chosen = id;
      if (!inBurst(eventOf.get(id))) timeline.zoomed = false;
    }
    if (!shown("timeline")) {
      fill("timeline", "Timeline", timelinePage());
      let width = 0;
      new ResizeObserver(([{ contentRect }]) => {
        if (contentRect.width === width || !$("lanes")) return;
        width = contentRect.width;
        drawTimeline();
      }).observe($("lanes"));
    }
    drawTimeline();
    if (id) showEvent();
  }

  function timelinePage() {
    const span = new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", dateStyle: "long" })
      .formatRange(burst.start || 0, (burst.start || 0) + 6 * DAY).replace(/\s*–\s*/, "–");
    const zoom = (zoomed, text) => h("button", { type: "button", "data-zoomed": String(zoomed), onclick() { timeline.zoomed = zoomed; drawTimeline(); } }, text);
    return [
      h("div", { class: "toolbar" }, h("div", { class: "switches", role: "group", "aria-label": "Zoom" }, zoom(false, "Whole story"), burst.count > 0 && zoom(true, span)),
        h("p", { class: "note" }, "A lane for each article, a mark for each report; a larger mark is a longer report, " +
          "a hollow one an event known to the month or year. The axis stretches where much happens.")),
      h("div", { id: "lanes", class: "lanes" }),
      h("div", { class: "split" }, h("div", { class: "side" }, h("ol", { id: "chronicle", class: "chronicle" })), h("div", { id: "event", class: "detail" },
        h("p", { class: "empty" }, "Choose an event to see who reports it, and in what words."))),
    ];
  }

  function s(tag, attributes, ...children) {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  }

  // Where each event stands: one slot for each, and more room after a longer silence.
  function scale(shownEvents, width) {
    const gap = (i) => 1 + 0.35 * Math.log1p((time(shownEvents[i].start) - time(shownEvents[i - 1].start)) / DAY / 20);
    const steps = shownEvents.map((_, i) => (i === 0 ? 0 : gap(i)));
    const total = steps.reduce((sum, step) => sum + step, 0) || 1;
    const unit = Math.max((width - 60) / total, width < 600 ? 14 : 7);
    let at = 30;
    return { unit, xs: steps.map((step) => (at += step * unit)), width: Math.max(width, at + 30) };
  }

  // Boundaries of years, months and days, the coarsest first, each where there is room for its name.
  function ticks(shownEvents, { xs, unit, width }) {
    const times = shownEvents.map((event) => time(event.start));
    const place = (at) => {
      const next = times.findIndex((other) => other >= at);
      if (next <= 0) return next === 0 ? Math.max(2, xs[0] - unit / 2) : null;
      const share = (at - times[next - 1]) / (times[next] - times[next - 1]);
      return xs[next - 1] + (xs[next] - xs[next - 1] - unit / 2) * share;
    };
    const first = new Date(times[0]);
    const last = new Date(times[times.length - 1]);
    const made = [];
    const offer = (at, text, level) => {
      const x = place(at);
      const room = 8 + text.length * 7;
      if (x !== null && x >= 0 && x + room <= width && made.every((tick) => (tick.x < x ? x - tick.x >= tick.room : tick.x - x >= room))) made.push({ x, text, level, room });
    };
    for (let year = first.getUTCFullYear(); year <= last.getUTCFullYear(); year += 1) offer(Math.max(Date.UTC(year, 0), times[0]), String(year), 0);
    for (let at = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1)); at <= last; at.setUTCMonth(at.getUTCMonth() + 1)) offer(+at, format(at, { month: "short" }), 1);
    const exact = new Set(shownEvents.filter((event) => !coarse(event)).map((event) => Math.floor(time(event.start) / DAY) * DAY));
    for (const at of exact) offer(at, format(at, { day: "numeric", ...(unit > 14 && { month: "short" }) }), 2);
    return made;
  }

  const LANE = 54;
  const laneY = (i) => i * LANE + (matchMedia("(max-width: 44rem)").matches ? 36 : LANE / 2);

  function drawTimeline() {
    const lanes = $("lanes");
    const shownEvents = timeline.zoomed ? chronicle.filter(inBurst) : chronicle;
    for (const button of main.querySelectorAll("[data-zoomed]")) button.setAttribute("aria-pressed", button.dataset.zoomed === String(shownEvents !== chronicle));
    const reporting = articles.filter((article) => shownEvents.some((event) => reports(event, article)));
    const names = h("div", { class: "lane-names", "aria-hidden": "true" }, reporting.map((article) => h("p", {}, h("span", {}, laneName(article)))));
    const scroller = h("div", { class: "scroller" });
    const scrolled = lanes.firstChild && lanes.querySelector(".scroller").scrollLeft;
    lanes.replaceChildren(names, scroller);
    const axis = scale(shownEvents, scroller.clientWidth);
    const height = reporting.length * LANE + 34;
    const svg = s("svg", { class: "timeline", width: axis.width, height, role: "group", "aria-label": "Events in order of time" });
    reporting.forEach((_, i) => svg.append(s("line", { class: "lane", x1: 0, x2: axis.width, y1: laneY(i), y2: laneY(i) })));
    for (const tick of timeline.zoomed ? dayTicks(shownEvents, axis) : ticks(shownEvents, axis)) {
      svg.append(s("line", { class: `tick level-${tick.level}`, x1: tick.x, x2: tick.x, y1: 0, y2: height - 22 }),
        s("text", { class: `tick-text level-${tick.level}`, x: tick.x + 4, y: height - 10 }, tick.text));
    }
    shownEvents.forEach((event, i) => svg.append(eventMark(event, axis.xs[i], Math.min(axis.unit, 40), reporting, height)));
    svg.addEventListener("keydown", moveEvent);
    scroller.append(svg);
    scroller.scrollLeft = scrolled || 0;
    $("chronicle").replaceChildren(...shownEvents.map((event) => h("li", {},
      link(["timeline", event.id], { "aria-current": timeline.chosen === event.id && "true" }, h("time", { datetime: event.start }, when(event)), best(event.title, event.id)))));
    choose(timeline.chosen && shownEvents.includes(eventOf.get(timeline.chosen)) ? timeline.chosen : (shownEvents[0] || {}).id);
  }
  const dayTicks = (shownEvents, axis) => {
    const starts = shownEvents.map((event) => Math.floor(time(event.start) / DAY) * DAY);
    const made = [...new Set(starts)].map((at) => ({ at, level: 0, x: Math.max(2, axis.xs[starts.indexOf(at)] - axis.unit / 2) }));
    made.forEach((tick, i) => {
      const room = (made[i + 1] ? made[i + 1].x : axis.width) - tick.x;
      tick.text = format(tick.at, { day: "numeric", ...(room > 52 && { month: "short" }), ...(room > 84 && { weekday: "short" }) });
    });
    return made;
  };
  const reports = (event, article) => event.evidence.filter((id) => id.startsWith(`${article.id}:`)).length;
  const laneName = (article) => [article.publisher ? h("span", { lang: langOf(article.publisher) }, article.publisher, " · ") : null, articleName(article.id)];

  function eventMark(event, x, width, reporting, height) {
    const counts = reporting.map((article) => reports(event, article));
    const told = counts.flatMap((count, i) => (count ? [i] : []));
    const group = s("g", {
      class: `event${coarse(event) ? " coarse" : ""}`, role: "button", tabindex: -1, "aria-pressed": "false",
      "aria-label": `${when(event)}: ${event.title.en || event.title.zh_hans}. Reported by ${plural(told.length, "article")}.`,
    }, s("title", {}, `${when(event)}\n${COLUMNS.map(({ key }) => event.title[key]).filter(Boolean).join("\n")}`),
    s("rect", { class: "hit", x: x - width / 2, width, y: 0, height: height - 24, rx: 3 }));
    if (told.length) group.append(s("line", { class: "stem", x1: x, x2: x, y1: laneY(told[0]), y2: laneY(told[told.length - 1]) }));
    for (const i of told) group.append(s("circle", { class: "mark", cx: x, cy: laneY(i), r: Math.min(2.5 + 1.5 * Math.sqrt(counts[i]), 8) }));
    group.eventId = event.id;
    group.addEventListener("click", () => selectEvent(event.id));
    return group;
  }

  function selectEvent(id) {
    timeline.chosen = id;
    history.replaceState(null, "", `#timeline/${encodeURIComponent(id)}`);
    choose(id);
    showEvent();
  }

  function choose(id) {
    for (const group of main.querySelectorAll("g.event")) {
      group.setAttribute("tabindex", group.eventId === id ? 0 : -1);
      group.setAttribute("aria-pressed", group.eventId === timeline.chosen);
    }
    for (const item of $("chronicle").querySelectorAll("a")) {
      if (item.hash === `#timeline/${encodeURIComponent(timeline.chosen)}`) {
        item.setAttribute("aria-current", "true");
        const box = $("chronicle");
        if (box.scrollHeight > box.clientHeight) box.scrollTop = item.offsetTop - box.offsetTop - box.clientHeight / 3;
      } else item.removeAttribute("aria-current");
    }
  }

  function moveEvent(event) {
    const group = event.target.closest("g.event");
    if (!group) return;
    const all = [...event.currentTarget.querySelectorAll("g.event")];
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (event.key === "Enter" || event.key === " ") selectEvent(group.eventId);
    else if (step || event.key === "Home" || event.key === "End") {
      const next = step ? all[all.indexOf(group) + step] : all[event.key === "Home" ? 0 : all.length - 1];
      if (!next) return;
      next.focus();
      next.scrollIntoView({ block: "nearest", inline: "nearest" });
      selectEvent(next.eventId);
    } else return;
    event.preventDefault();
  }

  function showEvent() {
    const event = eventOf.get(timeline.chosen);
    $("event").replaceChildren(
      h("p", { class: "eyebrow" }, when(event), event.timezone && event.precision === "minute" ? h("span", { class: "muted" }, ` ${event.timezone}`) : ""),
      h("h2", { class: "hidden" }, "Event"), three(event.title, { class: "three large" }),
      event.participants.length ? h("div", { class: "chips" }, h("span", { class: "muted" }, "With"), event.participants.map((id) => (entityOf.has(id)
        ? paint(h("button", { type: "button", class: "chip", onclick: () => openDrawer(id) }, best(canonical(entityOf.get(id)), id)), typeHue.get(entityOf.get(id).type))
        : h("span", { class: "chip" }, id)))) : "",
      ...quotations(event.evidence, "h3"),
    );
  }

  // ---- Claims and questions --------------------------------------------------------------------------------------

  const LABELS = ["contradiction", "entailment", "neutral"];

  function viewClaims([id]) {
    if (!shown("contradictions")) fill("contradictions", "Contradictions", claimPage());
    reveal(id);
  }
  function reveal(id) {
    const target = id && [...main.querySelectorAll("[data-record]")].find((element) => element.dataset.record === id);
    if (!target) return;
    target.hidden = false;
    if (target.tagName === "DETAILS") target.open = true;
    target.scrollIntoView({ block: "start" });
    target.classList.add("flash");
  }

  function claimPage() {
    const ordered = [...claims].sort((a, b) => LABELS.indexOf(a.label) - LABELS.indexOf(b.label));
    const list = h("div", { class: "claims" }, ordered.map(claimCard));
    const status = h("p", { class: "note", role: "status" });
    const option = (value, text) => h("option", { value }, text);
    const menu = (name, values, count) => h("label", {}, `${name} `, h("select", { "data-filter": name, onchange: filter },
      option("", "all"), values.map((value) => option(value, `${words(value)} (${count(value)})`))));
    const labels = LABELS.filter((label) => claims.some((claim) => claim.label === label));
    const topics = [...new Set(claims.map((claim) => claim.topic))].sort();
    const bar = h("div", { class: "toolbar" }, menu("Label", labels, (value) => claims.filter((claim) => claim.label === value).length),
      menu("Topic", topics, (value) => claims.filter((claim) => claim.topic === value).length), status);
    function filter() {
      const [label, topic] = [...bar.querySelectorAll("select")].map((select) => select.value);
      let count = 0;
      ordered.forEach((claim, i) => {
        const on = (!label || claim.label === label) && (!topic || claim.topic === topic);
        list.children[i].hidden = !on;
        count += on;
      });
      status.textContent = plural(count, "pair");
    }
    filter();
    return [bar, list];
  }

  function claimCard(claim) {
    const side = (name, id, texts) => h("div", { class: "statement" }, h("p", { class: "eyebrow" }, name),
      articleOf.has(articleIdOf(id)) && h("p", { class: "facts" }, articleName(articleIdOf(id))), three(texts),
      articleOf.has(articleIdOf(id)) && link(toSentence(id), { class: "jump" }, "Read it in place ", h("code", {}, id.slice(id.lastIndexOf(":") + 1))));
    return h("article", { class: `claim ${claim.label}`, "data-record": claim.id },
      h("h2", {}, h("span", { class: "label" }, words(claim.label)), " ", h("span", { class: "topic" }, words(claim.topic)), " ", h("code", {}, claim.id)),
      h("div", { class: "pair" }, side("First statement", claim.premise_id, claim.premise), side("Second statement", claim.hypothesis_id, claim.hypothesis)),
      h("div", { class: "explanation" }, claim.explanation.zh_hans && h("p", { lang: "zh-Hans" }, claim.explanation.zh_hans),
        claim.explanation.en && h("p", { lang: "en" }, claim.explanation.en),
        claim.public_record && h("p", { class: "public-record" }, h("strong", {}, "What the record shows "),
          h("span", { lang: langOf(claim.public_record) }, claim.public_record)),
        claim.context && h("details", { class: "context" }, h("summary", {}, "What a reader may assume"),
          h("p", { lang: "zh-Hans" }, claim.context.zh_hans), h("p", { lang: "en" }, claim.context.en))));
  }

  function viewQuestions([id]) {
    if (!shown("questions")) fill("questions", "Questions", questionPage());
    reveal(id);
  }

  const CLOSED = [[true, "right without the articles", "A blind reader chose the right answer without the articles"],
    [false, "needs the articles", "A blind reader did not choose the right answer without the articles"],
    [null, "closed book not tried", "It was not tried whether the question can be answered without the articles"]];
  const closedOf = (question) => CLOSED.find(([value]) => value === (question.closed_book ?? null));

  function questionPage() {
    const list = h("div", { class: "questions" }, questions.map(questionItem));
    const status = h("p", { class: "note", role: "status" });
    const count = (keep) => questions.filter(keep).length;
    const types = [...new Set(questions.map((question) => question.type))].sort();
    const option = (value, text, keep) => count(keep) > 0 && h("option", { value }, `${text} (${count(keep)})`);
    const menu = (name, options) => h("label", {}, `${name} `, h("select", { "data-filter": name, onchange: filter }, h("option", { value: "" }, "all"), options));
    const keeps = [
      [menu("Type", types.map((type) => option(type, type, (question) => question.type === type))), (question, value) => question.type === value],
      [menu("Closed book", CLOSED.map(([value, text]) => option(String(value), text, (question) => closedOf(question)[0] === value))), (question, value) => String(closedOf(question)[0]) === value],
      [menu("Source error", [option("yes", "the article is wrong", (question) => question.source_error), option("no", "none", (question) => !question.source_error)]), (question, value) => (value === "yes") === Boolean(question.source_error)],
    ];
    function filter() {
      let seen = 0;
      questions.forEach((question, i) => {
        const on = keeps.every(([label, keep]) => !label.lastChild.value || keep(question, label.lastChild.value));
        list.children[i].hidden = !on;
        seen += on;
      });
      status.textContent = plural(seen, "question");
    }
    filter();
    return [h("div", { class: "toolbar" }, keeps.map(([label]) => label), status), list];
  }

  function questionItem(question, number) {
    const choices = h("ol", { class: "choices", type: "A" }, question.choices[columns[0].key].map((_, i) =>
      h("li", { "data-right": i === question.answer ? "no" : null }, three(Object.fromEntries(columns.map(({ key }) => [key, (question.choices[key] || [])[i]]))))));
    const answer = h("div", { class: "answer", role: "status" });
    const button = h("button", { type: "button", "aria-expanded": "false", onclick() {
      const open = button.getAttribute("aria-expanded") === "false";
      button.setAttribute("aria-expanded", open);
      button.textContent = open ? "Hide the answer" : "Show the answer";
      choices.children[question.answer].classList.toggle("right", open);
      answer.replaceChildren(...(open ? [h("p", {}, h("strong", {}, `The answer is ${"ABCDEFGH"[question.answer]}.`)), sourceError(question), ...quotations(question.evidence, "h2")].filter(Boolean) : []));
    } }, "Show the answer");
    const [, closed, explained] = closedOf(question);
    return h("details", { "data-record": question.id },
      h("summary", {}, h("span", { class: "number" }, String(number + 1)), three(question.question),
        h("span", { class: "tags" }, h("span", { class: "tag" }, question.type), h("span", { class: "tag", title: explained }, closed),
          question.source_error && h("span", { class: "tag warn", title: "The right choice rests on an error of an article" }, "source error"), h("code", { class: "tag" }, question.id))),
      choices, button, answer);
  }
  const sourceError = ({ source_error: error }) => error && h("div", { class: "public-record" }, h("p", {}, h("strong", {}, "The article is wrong here. What the record shows")),
    error.zh_hans && h("p", { lang: "zh-Hans" }, error.zh_hans), error.en && h("p", { lang: "en" }, error.en));

  // ---- Search ----------------------------------------------------------------------------------------------------

  // Two characters are the same to a search when one stands where the other does in the aligned columns (发 發 髮).
  let variants = null;
  let searchIndex = null;
  function forgetSearch() {
    variants = searchIndex = null;
    folds.clear();
    labels.clear();
  }
  function findVariants() {
    const parent = new Map();
    const root = (char) => {
      while (parent.has(char)) char = parent.get(char);
      return char;
    };
    for (const { zh_hans: simplified, zh_hant: traditional } of [...sentences, ...articles.map((article) => article.title)]) {
      if (!simplified || !traditional || simplified === traditional) continue;
      const [a, b] = [[...simplified], [...traditional]];
      if (a.length !== b.length) continue;
      a.forEach((char, i) => {
        const [x, y] = [root(char), root(b[i])];
        if (x !== y) parent.set(y, x);
      });
    }
    return new Map([...parent.keys()].map((char) => [char, root(char)]));
  }
  const folds = new Map();
  function foldChar(char) {
    const [first, ...rest] = char.normalize("NFKC").toLowerCase();
    const plain = first === undefined || rest.length ? char : first;
    variants = variants || findVariants();
    return variants.get(plain) || variants.get(char) || plain;
  }
  // As many code points out as in, so that an offset in the one is an offset in the other.
  function fold(text) {
    let folded = "";
    for (const char of text) {
      let other = folds.get(char);
      if (other === undefined) folds.set(char, (other = foldChar(char)));
      folded += other;
    }
    return folded;
  }
  const LIMIT = 50;
  const indexed = () => (searchIndex = searchIndex || sentences.map((row) => {
    const folded = Object.fromEntries(columns.map(({ key }) => [key, row[key] ? fold(row[key]) : ""]));
    return { row, folded, all: Object.values(folded).join("\n") };
  }));

  function search() {
    const query = $("query").value.trim();
    const terms = fold(query).split(/\s+/).filter(Boolean);
    $("results").hidden = terms.length === 0;
    if (!terms.length) return;
    const index = indexed();
    const began = performance.now();
    const hits = index.filter(({ all }) => terms.every((term) => all.includes(term)));
    const away = articles.filter((article) => !isThere(article.id));
    const titled = away.filter((article) => terms.every((term) => labelOf(article).includes(term)));
    $("results-list").replaceChildren(...hits.slice(0, LIMIT).map((hit) => resultItem(hit, terms, query)),
      ...titled.slice(0, LIMIT).map((article) => h("li", {}, link(["articles", article.id], {}, h("span", { class: "eyebrow" }, "Title"), h("span", { class: "line" }, articleName(article.id))))));
    $("results-more").replaceChildren(...(away.length ? [h("button", { type: "button", onclick: loadAll }, `Search the text of ${away.length.toLocaleString("en")} more articles`)] : []));
    const took = performance.now() - began;
    $("results").dataset.milliseconds = took.toFixed(2);
    const many = hits.length > LIMIT ? `, the first ${LIMIT} shown` : "";
    const found = [hits.length && plural(hits.length, "sentence"), titled.length && plural(titled.length, "title")].filter(Boolean).join(", ");
    $("results-status").textContent = `${found || "Nothing found"}${many} · ${took.toFixed(1)} ms`;
    $("results").scrollTop = 0;
  }

  // Loads every file of a large page, one after the other, and searches again.
  async function loadAll() {
    const missing = parts.filter((part) => !part.done);
    for (const [i, part] of missing.entries()) {
      $("results-status").textContent = `Loading file ${i + 1} of ${missing.length}`;
      try { await load(part); } catch (error) { return void $("results-more").replaceChildren(problem(error)); }
    }
    search();
    return $("query").focus();
  }

  function findAll(folded, terms) {
    const found = [];
    for (const term of terms) for (let at = folded.indexOf(term); at >= 0; at = folded.indexOf(term, at + term.length)) {
      const start = size(folded.slice(0, at));
      found.push({ start, end: start + size(term) });
    }
    return found.sort((a, b) => a.start - b.start || b.end - a.end);
  }

  // The Chinese in the script of the query, and the English.
  function resultItem({ row, folded }, terms, query) {
    const hit = columns.filter(({ key }) => terms.some((term) => folded[key].includes(term)));
    const literal = query.split(/\s+/);
    const chinese = columns.filter(({ key }) => key !== "en" && row[key]);
    const exact = chinese.find(({ key }) => literal.every((word) => row[key].includes(word))) || chinese.find((column) => hit.includes(column) && isOn(column)) || chinese[0];
    const lines = columns.filter((column) => row[column.key] && (column.key === "en" || column === exact));
    const target = lines.find((column) => hit.includes(column)) || lines[0];
    return h("li", {}, link(toSentence(row.id, target), {},
      h("span", { class: "eyebrow" }, articleName(row.article_id)),
      lines.map((column) => h("span", { class: "line", lang: column.lang }, marked(row[column.key], findAll(folded[column.key], terms), (text) => h("mark", {}, text))))));
  }

  function closeSearch() {
    if ($("results").hidden) return false;
    $("results").hidden = true;
    return true;
  }

  function moveResult(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const stops = [$("query"), ...$("results-list").querySelectorAll("a")];
    const at = stops.indexOf(event.target);
    if (event.key === "Enter" && at === 0 && stops[1] && !$("results").hidden) stops[1].click();
    if (!step || at < 0 || $("results").hidden || !stops[at + step]) return;
    event.preventDefault();
    stops[at + step].focus();
  }

  // ---- The page --------------------------------------------------------------------------------------------------

  const VIEWS = [
    { name: "articles", english: "Articles", chinese: "文章", rows: about.counts.articles, needs: ([id]) => [articleOf.has(id) ? id : articles.length === 1 && articles[0].id], show: viewArticles },
    { name: "source", english: "Source", chinese: "原文", rows: about.counts.blocks, needs: ([id]) => [sourceId(id)], show: viewSource },
    { name: "entities", english: "Entities", chinese: "实体", rows: about.counts.entities, show: viewEntities },
    { name: "timeline", english: "Timeline", chinese: "时间线", rows: about.counts.events, show: viewTimeline },
    { name: "contradictions", english: "Contradictions", chinese: "矛盾", rows: about.counts.claims, show: viewClaims },
    { name: "questions", english: "Questions", chinese: "问答", rows: about.counts.questions, show: viewQuestions },
  ].filter((view) => view.rows > 0 && articles.length > 0);

  const shown = (key) => main.dataset.view === key;
  function fill(key, heading, ...content) {
    main.dataset.view = key;
    main.replaceChildren(...[heading && h("h1", { tabindex: -1 }, heading), content].flat(Infinity).filter(Boolean));
    scrollTo(0, 0);
  }

  let visited = false;
  function route() {
    let parts;
    try { parts = location.hash.slice(1).split("/").map(decodeURIComponent); } catch { parts = []; }
    const view = VIEWS.find(({ name }) => name === parts[0]) || VIEWS[0];
    if (!view) return main.replaceChildren(h("p", { class: "empty" }, "There are no articles in this dataset."));
    closeSearch();
    if (matchMedia("(max-width: 60rem)").matches || view.name !== "articles") closeDrawer();
    if (reading.pinned && (main.dataset.view || "").startsWith("articles/")) pin(null);
    for (const item of $("nav").querySelectorAll("a")) {
      if (item.hash === `#${view.name}`) item.setAttribute("aria-current", "page");
      else item.removeAttribute("aria-current");
    }
    const wanted = (view.needs ? view.needs(parts.slice(1)) : []).filter(Boolean);
    const address = location.hash;
    if (!wanted.every(isThere)) fill("loading", null, h("p", { class: "empty", role: "status" }, "Loading…"));
    withArticles(wanted, () => { if (location.hash === address) arrive(view, parts.slice(1)); },
      (error) => { if (location.hash === address) fill("problem", view.english, problem(error)); });
    return undefined;
  }

  function arrive(view, rest) {
    const before = main.dataset.view;
    letGo();
    view.show(rest);
    if (!reading.pinned || view.name !== "articles") showDock(null);
    const heading = main.querySelector("h1");
    document.title = [heading ? heading.textContent : view.english, pageTitle].join(" | ");
    if (visited && before !== main.dataset.view && !main.contains(document.activeElement) && heading) heading.focus({ preventScroll: true });
    visited = true;
  }

  const pageTitle = document.title;

  function keys(event) {
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      $("query").focus();
      $("query").select();
    } else if (event.key === "Escape") {
      if (closeSearch()) $("query").focus();
      else if (!closeDrawer() && !letGo() && reading.pinned) pin(null);
    }
  }

  if (!parts.length) take(read);
  buildColumns();
  buildTheme();
  $("nav").append(...VIEWS.map(({ name, english, chinese }) => link([name], {}, english, " ", h("span", { lang: "zh-Hans" }, chinese))));
  $("skip").addEventListener("click", () => (main.querySelector("h1") || main).focus());
  $("query").addEventListener("input", search);
  $("query").addEventListener("focus", () => { indexed(); search(); });
  for (const id of ["query", "results"]) $(id).addEventListener("keydown", moveResult);
  document.addEventListener("keydown", keys);
  document.addEventListener("click", (event) => {
    const target = event.target.closest('a[href^="#"]');
    if (target && target.hash === location.hash) route();
    if (!event.target.closest("#results, #query")) closeSearch();
  });
  addEventListener("hashchange", route);
  route();
})();
