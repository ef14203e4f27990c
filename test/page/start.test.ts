// The start of the page: one drawing, with the first rows where they come.

import test from "ava";
import type { HTTPRequest } from "puppeteer-core";
import { HeadlessBrowser } from "../support/browser.ts";
import { GivenRows, manyRows, rowNumbered } from "../support/page/given-rows.ts";

/** Lets the page wait a minute for its first rows: they come late on a busy machine. */
const longWait = `{
  const inTime = window.setTimeout;
  window.setTimeout = (act, ms, ...given) => inTime(act, ms === 700 ? 60_000 : ms, ...given);
}`;

/** Notes the rows of the first drawing of the frame. */
const watchDrawing = `new MutationObserver((_, observer) => {
  if (document.querySelector(".shell") === null) return;
  window.rowsAtFirst = document.querySelectorAll("[role=row][id]").length;
  observer.disconnect();
}).observe(document, { subtree: true, childList: true })`;

test.serial(
  "G12: the first drawing has the first rows, and the stream begins after them",
  async (t) => {
    using rows = await GivenRows.open(manyRows(200));
    await using browser = await HeadlessBrowser.start();
    const { page } = await browser.visit(rows.address, async (opened) => {
      await opened.setViewport({ width: 1_440, height: 900 });
      await opened.evaluateOnNewDocument(longWait);
      await opened.evaluateOnNewDocument(watchDrawing);
    });
    await page.waitForFunction("window.rowsAtFirst !== undefined");
    t.is(await page.evaluate("window.rowsAtFirst"), Math.ceil(900 / 56));
    await page.waitForFunction(`document.querySelector("[aria-rowcount='201']") !== null`);
    const asked = rows.requests.map((target) => /^\/api\/v1\/(\w+)/.exec(target)?.[1]);
    t.deepEqual(asked.filter((name) => name !== undefined).slice(0, 3), [
      "session",
      "torrents",
      "events",
    ]);
  },
);

test.serial("G12: a page whose rows are late is drawn without them", async (t) => {
  using rows = await GivenRows.open(manyRows(3));
  await using browser = await HeadlessBrowser.start();
  const held: HTTPRequest[] = [];
  const { page, run } = await browser.visit(rows.address, async (opened) => {
    await opened.setRequestInterception(true);
    opened.on("request", (request) => {
      if (request.url().includes("/torrents?")) held.push(request);
      else void request.continue();
    });
  });
  await page.waitForSelector(".shell");
  t.is(await run(`document.querySelector(".nothing").textContent`), "Loading …");
  for (const request of held) void request.continue();
  await page.waitForFunction(`document.body.textContent.includes("${rowNumbered(2).name}")`);
});
