// The start of the page: one drawing, with the first rows where they come.

import test from "ava";
import type { HTTPRequest } from "puppeteer-core";
import { freshBrowser } from "../support/file-browser.ts";
import { GivenRows, manyRows, rowNumbered } from "../support/page/given-rows.ts";

/** Lets the page wait for its first rows without a limit, which is 700 ms: they come late on a busy machine. */
const endlessWait = `{
  const inTime = window.setTimeout;
  window.setTimeout = (act, ms, ...given) => (ms === 700 ? 0 : inTime(act, ms, ...given));
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
    await using browser = await freshBrowser();
    const open = await browser.visit(rows.address, async (opened) => {
      await opened.setViewport({ width: 1_440, height: 900 });
      await opened.evaluateOnNewDocument(endlessWait);
      await opened.evaluateOnNewDocument(watchDrawing);
    });
    await open.until("window.rowsAtFirst !== undefined");
    t.is(await open.run("window.rowsAtFirst"), Math.ceil(900 / 56));
    await open.appears("[aria-rowcount='201']");
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
  await using browser = await freshBrowser();
  const held: HTTPRequest[] = [];
  const open = await browser.visit(rows.address, async (opened) => {
    await opened.setRequestInterception(true);
    opened.on("request", (request) => {
      if (request.url().includes("/torrents?")) held.push(request);
      else void request.continue();
    });
  });
  await open.until(`document.querySelector(".shell .nothing")?.textContent === "Loading …"`);
  for (const request of held) void request.continue();
  await open.until(`document.body.textContent.includes("${rowNumbered(2).name}")`);
  t.pass();
});
