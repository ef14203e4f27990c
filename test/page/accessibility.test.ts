// The views of the page by axe-core, in each width and colour scheme, and in the pseudo-locale.

import test from "ava";
import { freshBrowser } from "../support/file-browser.ts";
import { GivenRows, manyRows } from "../support/page/given-rows.ts";
import { OpenedPage, widths } from "../support/page/opened-page.ts";
import { findingsOf } from "../support/page/page-views.ts";
import { Served } from "../support/service/served.ts";

const magnet = `magnet:?xt=urn:btih:${"ab".repeat(20)}&dn=film`;
const add = `#/add?magnet=${encodeURIComponent(magnet)}`;

/** Views over given rows, and how each is reached. */
const views: Readonly<Record<string, (opened: OpenedPage) => Promise<void>>> = {
  list: async (opened) => {
    await opened.appears("[role=row][id]");
    await opened.page.focus("[role=grid]");
    await opened.press("ArrowDown", "Shift+ArrowDown");
  },
  "nothing found": async (opened) => {
    await opened.type("Search by name", "no such name");
    await opened.appears(".nothing");
  },
  add: async (opened) => {
    await opened.run(`location.hash = ${JSON.stringify(add)}`);
    await opened.appears("dialog[open] .item");
  },
  remove: async (opened) => {
    await views["list"]?.(opened);
    await opened.press("Delete");
    await opened.appears("dialog[open]");
  },
  change: async (opened) => {
    await views["list"]?.(opened);
    await opened.run(`document.querySelectorAll(".acts .act")[3].click()`);
    await opened.appears("dialog[open]");
  },
};

for (const [name, reach] of Object.entries(views)) {
  test.serial(
    `G12: axe-core finds no breach of WCAG 2.2 A and AA in the view "${name}", and nothing is wider than the window`,
    async (t) => {
      using rows = await GivenRows.open(manyRows(60));
      await using browser = await freshBrowser();
      const opened = await OpenedPage.open(browser, rows.address);
      await opened.appears(".head");
      await reach(opened);
      t.deepEqual(await findingsOf(opened), []);
    },
  );
}

test.serial("G12: axe-core finds no breach of WCAG 2.2 A and AA in the login", async (t) => {
  await using served = await Served.open();
  await using browser = await freshBrowser();
  const opened = await OpenedPage.open(browser, `http://127.0.0.1:${served.port}/`);
  await opened.appears("#password");
  t.deepEqual(await findingsOf(opened), []);
});

/**
 * Texts of the page that the pseudo-locale has not changed: words of plain letters, outside of names and sentences from
 * elsewhere and of the units that `Intl` writes.
 */
const plainTexts = `(() => {
  const isOwn = (element) => element.closest("[translate=no], noscript") === null;
  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode())
    if (isOwn(node.parentElement)) texts.push(node.data);
  for (const element of document.querySelectorAll("[aria-label], [title], [placeholder]"))
    if (isOwn(element))
      texts.push(element.ariaLabel ?? "", element.title ?? "", element.placeholder ?? "");
  const units = /[\\d.,]+\\s?(?:[kMGT]?B(?:\\/s)?|byte\\/s|[dhms])(?![a-z])/g;
  return texts.map((text) => text.replace(units, "")).filter((text) => /[A-Za-z]{2}/.test(text));
})()`;

/** Own texts that their box cuts; cells of the list show the whole text as a tip. */
const cutTexts = `[...document.querySelectorAll("button, label, legend, h1, h2, p, a, th, summary, .status-filter > span")]
  .filter((element) => element.closest("[translate=no], .visually-hidden, .row") === null)
  .filter((element) => element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).display !== "inline")
  .filter((element) => !element.classList.contains("visually-hidden"))
  .map((element) => element.textContent)`;

for (const width of widths) {
  test.serial(`G12: in the pseudo-locale no text is missed or cut at ${width} px`, async (t) => {
    using rows = await GivenRows.open(manyRows(60));
    await using browser = await freshBrowser();
    const opened = await OpenedPage.open(browser, rows.address, { width, locale: "en-XA" });
    await opened.appears(".head");
    for (const [name, reach] of Object.entries(views)) {
      // Its field is found by its English name.
      if (name === "nothing found") continue;
      await reach(opened);
      await opened.draws();
      t.deepEqual(await opened.run(plainTexts), [], name);
      t.deepEqual(await opened.run(cutTexts), [], name);
      t.true((await opened.run<number>("document.documentElement.scrollWidth")) <= width, name);
      await opened.press("Escape");
      await opened.until(`document.querySelector("dialog") === null`);
    }
  });
}
