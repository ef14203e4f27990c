// The supervision tree in the page.

import test from "ava";
import { freshBrowser } from "../support/file-browser.ts";
import { findingsOf, openView, plainTexts, textOf } from "../support/page/page-views.ts";
import type { OpenedPage } from "../support/page/opened-page.ts";
import { Served } from "../support/service/served.ts";

const drawn = async (opened: OpenedPage): Promise<void> => await opened.appears(".actor-line");

/** The line of an actor, as an expression of the page. */
function lineOf(name: string): string {
  return `[...document.querySelectorAll(".actor-line")].find((line) => line.querySelector("strong").textContent === "${name}")`;
}

test.serial("G12: the tree has each thread under its supervisor", async (t) => {
  await using served = await Served.open();
  await using browser = await freshBrowser();
  const opened = await openView(browser, served, "#/supervision");
  await drawn(opened);
  const above = async (name: string) =>
    await opened.run<string[]>(`(() => {
      const names = [];
      for (let item = ${lineOf(name)}.closest("li"); item !== null; item = item.parentElement.closest("li"))
        names.unshift(item.querySelector("strong").textContent);
      return names;
    })()`);
  t.deepEqual(await above("peer-0"), ["troupe", "engine", "workers", "peers", "peer-0"]);
  t.deepEqual(await above("http"), ["troupe", "service", "http"]);
  t.regex(await textOf(opened, ".actor-counts"), /^\d+ running, 0 restarts$/);
  t.deepEqual([...opened.errors, ...opened.foreignRequests], []);
});

test.serial(
  "G12: a crash is told to screen readers, and is in the tree with its error once the thread runs again",
  async (t) => {
    await using served = await Served.open();
    await using browser = await freshBrowser();
    const opened = await openView(browser, served, "#/");
    // A stream that opened after the crash would not tell it.
    await opened.appears(".nothing .help");
    await opened.run(`location.hash = "#/supervision"`);
    await drawn(opened);
    await opened.run(`{
    window.told = [];
    const region = document.querySelector("[role=status][aria-live]");
    new MutationObserver(() => told.push(region.textContent)).observe(region, {
      childList: true, characterData: true, subtree: true });
  }`);
    served.kill("peer-0");
    await opened.until(`told.some((text) => text.startsWith("peer-0 runs again."))`);
    await opened.until(`${lineOf("peer-0")}.textContent.includes("1 restart")`);
    const line = await opened.run<string>(`${lineOf("peer-0")}.textContent`);
    t.regex(line, /^Running.*peer-0.*talks with peers.*1 restart.*Last error: .+/);
    t.true(await opened.run<boolean>(`told.some((text) => text.startsWith("peer-0 has crashed"))`));
    t.regex(await textOf(opened, ".actor-counts"), /1 restart$/);
    t.deepEqual(opened.errors, []);
  },
);

test.serial(
  "G12: axe-core finds no breach of WCAG in the tree, and no text is plain English in the pseudo-locale",
  async (t) => {
    await using served = await Served.open();
    served.kill("peer-0");
    await using browser = await freshBrowser();
    const opened = await openView(browser, served, "#/supervision");
    await drawn(opened);
    await opened.until(`document.querySelector(".actor-error") !== null`);
    t.deepEqual(await findingsOf(opened, drawn), []);
    const pseudo = await openView(browser, served, "#/supervision", {
      locale: "en-XA",
      width: 320,
    });
    await drawn(pseudo);
    t.deepEqual(await plainTexts(pseudo), []);
    t.true((await pseudo.run<number>("document.documentElement.scrollWidth")) <= 320);
  },
);
