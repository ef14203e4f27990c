// The stream of events of the page: one a browser, and right again after it was cut.

import test from "ava";
import { freshBrowser } from "../support/file-browser.ts";
import { GivenRows, manyRows, rowNumbered } from "../support/page/given-rows.ts";
import { OpenedPage } from "../support/page/opened-page.ts";
import { until } from "../support/time/until.ts";
import { Served } from "../support/service/served.ts";
import { visibilityScript } from "./visibility.ts";

const streams = ({ requests }: GivenRows): number =>
  requests.filter((target) => target === "/api/v1/events").length;

test.serial(
  "G12: a cut connection is told; when it is back, the list is right, and that is told, too",
  async (t) => {
    using rows = await GivenRows.open(manyRows(3));
    await using browser = await freshBrowser();
    const opened = await OpenedPage.open(browser, rows.address);
    await opened.shows(rowNumbered(1).name);
    rows.cut();
    await opened.appears(".connection-bar");
    const told = `document.querySelector("[role=status].visually-hidden").textContent`;
    // The words come after the bar is drawn.
    await opened.until(`${told} === "The connection to the service is lost. Trying again …"`);
    rows.change([{ ...rowNumbered(0), name: "renamed" }, rowNumbered(7)], [rowNumbered(1).torrent]);
    await rows.listen();
    await opened.lists("renamed", rowNumbered(2).name, rowNumbered(7).name);
    await opened.until(`${told} === "Connected again. The list is up to date."`);
    await opened.until(`document.querySelector(".connection-bar") === null`);
    t.pass();
  },
);

test.serial("G12: rows are right after the actor http has ended and begun again", async (t) => {
  await using served = await Served.open();
  const [one, other] = ["aa".repeat(20), "bb".repeat(20)];
  await served.run("add", { source: one, state: "stopped" });
  await using browser = await freshBrowser();
  const opened = await OpenedPage.open(browser, `http://127.0.0.1:${served.port}/`, {
    secret: served.password,
  });
  await opened.lists(one);
  served.kill("http");
  // Login sessions are in the memory of the actor: the user logs in again.
  await opened.logIn(served.password);
  await served.run("add", { source: other, state: "stopped" });
  await served.run("remove", { torrent: one });
  await opened.lists(other);
  t.pass();
});

test.serial("G12: twelve tabs share one stream of events, and each has the rows", async (t) => {
  using rows = await GivenRows.open(manyRows(5));
  await using browser = await freshBrowser();
  const tabs: OpenedPage[] = [];
  for (let tab = 0; tab < 12; tab++) tabs.push(await OpenedPage.open(browser, rows.address));
  const changed = { ...rowNumbered(2), name: "changed" };
  rows.change([changed]);
  for (const tab of tabs) {
    await tab.page.bringToFront();
    await tab.shows("changed");
    t.deepEqual(tab.errors, []);
  }
  t.is(streams(rows), 1);
  for (const tab of tabs.slice(1)) await tab.page.close();
  rows.change([{ ...changed, name: "changed again" }]);
  await tabs[0]?.page.bringToFront();
  await tabs[0]?.shows("changed again");
  t.is(streams(rows), 1);
});

test.serial("G12: a tab that opens in the background gets its rows when it is shown", async (t) => {
  using rows = await GivenRows.open(manyRows(3));
  await using browser = await freshBrowser();
  const hidden = await browser.visit(
    rows.address,
    async (page) => await page.evaluateOnNewDocument(visibilityScript("hidden")),
  );
  await hidden.appears(".head");
  const shown = await OpenedPage.open(browser, rows.address);
  await shown.shows(rowNumbered(1).name);
  t.is(await hidden.run(`document.querySelectorAll("[role=row][id]").length`), 0);
  await hidden.run(visibilityScript("visible"));
  await hidden.page.bringToFront();
  await hidden.appears(`[title="${rowNumbered(1).name}"]`);
});

test.serial("G12: a browser without shared workers holds a stream in its tab", async (t) => {
  using rows = await GivenRows.open(manyRows(2));
  await using browser = await freshBrowser();
  const open = await browser.visit("about:blank");
  await open.page.evaluateOnNewDocument("delete globalThis.SharedWorker");
  await open.page.goto(rows.address);
  await open.appears(`[title="${rowNumbered(1).name}"]`);
  await until("the stream", async () => streams(rows) === 1);
  rows.change([{ ...rowNumbered(1), name: "changed" }]);
  await open.appears(`[title="changed"]`);
  t.is(streams(rows), 1);
});
