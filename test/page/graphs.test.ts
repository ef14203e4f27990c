// The graphs of rates in the page, over restarts of the service.

import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { freshBrowser } from "../support/file-browser.ts";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { findingsOf, openView, plainTexts, textOf } from "../support/page/page-views.ts";
import type { OpenedPage } from "../support/page/opened-page.ts";
import { until } from "../support/time/until.ts";
import { Served } from "../support/service/served.ts";
import { StreamedSwarm } from "../support/service/streamed-swarm.ts";

const totalBytes = 3_314_001;

interface Columns {
  readonly downBytes: readonly number[];
  readonly measuredMs: readonly number[];
}

async function historyOf(served: Served, span: string): Promise<Columns> {
  const { body } = await served.ask(`/api/v1/history?span=${span}`, { isLocal: true });
  return body.result as Columns;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Rates have 24 bits: a byte in some millions may be missing or too many. */
const tolerance = 10;

/** Settles when the history has all bytes: the engine measures once a second. */
async function untilMeasured(served: Served): Promise<void> {
  await until("all bytes are in the history", async () => {
    const { downBytes } = await historyOf(served, "month");
    return sum(downBytes) >= totalBytes - tolerance;
  });
}

const drawn = async (opened: OpenedPage): Promise<void> =>
  await opened.appears(".rate-plot canvas");

/** The number of pixels of the plot that are neither grid nor ground: whose colour is that of the download. */
const linePixels = `(() => {
  const plot = document.querySelector(".rate-plot");
  const probe = plot.appendChild(document.createElement("i"));
  probe.style.color = "var(--plot-down)";
  const [red, green, blue] = getComputedStyle(probe).color.match(/\\d+/g).map(Number);
  probe.remove();
  const canvas = plot.querySelector("canvas");
  // A canvas that is read more than once prints a warning: each count reads a copy.
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d");
  copy.drawImage(canvas, 0, 0);
  const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
  let count = 0;
  for (let at = 0; at < data.length; at += 4)
    if (data[at] === red && data[at + 1] === green && data[at + 2] === blue) count++;
  return count;
})()`;

test.serial("L25: the graph and the table show what the torrents have moved", async (t) => {
  await using scene = await StreamedSwarm.whole();
  await using browser = await freshBrowser();
  await untilMeasured(scene.served);
  const opened = await openView(browser, scene.served, "#/rates");
  await drawn(opened);
  await opened.until(`${linePixels} > 100`);
  t.regex(await textOf(opened, ".rate-legend"), /Download.*3\.3 MB in all/);
  await opened.page.focus(".history-table summary");
  await opened.press("Enter");
  await opened.appears(".history-table tbody tr");
  const received = await opened.run<string[]>(
    `[...document.querySelectorAll(".history-table tbody tr td:nth-child(2)")].map((each) => each.textContent)`,
  );
  t.true(received.includes("3.3 MB") || received.length > 1, received.join());
  for (const name of ["A day", "A month"]) {
    await opened.click(name);
    await opened.until(
      `document.querySelector(".segments [aria-pressed=true]").textContent === ${JSON.stringify(name)}`,
    );
    await opened.until(`document.querySelector(".rate-plot")?.ariaLabel.includes("3.3 MB in all")`);
    await opened.appears(".history-table:not([open])");
  }
  t.deepEqual([...opened.errors, ...opened.foreignRequests], []);
});

test.serial(
  "L25: the history goes on after a restart, and begins anew with a line where its file is damaged",
  async (t) => {
    using folder = temporaryFolder("history-restart");
    const historyFile = join(folder.path, "state/service/rate-history");
    {
      await using scene = await StreamedSwarm.whole({ folder: folder.path });
      await untilMeasured(scene.served);
    }
    // The end of a service waits a second at most for a slow disk.
    await until("the history is saved", async () => existsSync(historyFile));
    {
      await using served = await Served.open({ folder: folder.path });
      t.deepEqual(served.warnings, []);
      for (const span of ["ten-minutes", "day", "month"])
        t.true(
          Math.abs(sum((await historyOf(served, span)).downBytes) - totalBytes) <= tolerance,
          span,
        );
      await using browser = await freshBrowser();
      const opened = await openView(browser, served, "#/rates");
      await opened.until(
        `document.querySelector(".rate-legend")?.textContent.includes("3.3 MB in all")`,
      );
    }
    writeFileSync(historyFile, Buffer.alloc(35_344, 1));
    await using served = await Served.open({ folder: folder.path });
    t.deepEqual(served.warnings, ["rate-history-lost"]);
    t.is(sum((await historyOf(served, "month")).downBytes), 0);
  },
);

test.serial(
  "L25: axe-core finds no breach of WCAG in the graphs, and no text is plain English in the pseudo-locale",
  async (t) => {
    await using served = await Served.open();
    await using browser = await freshBrowser();
    const opened = await openView(browser, served, "#/rates");
    await drawn(opened);
    await opened.click("Show as a table");
    t.deepEqual(await findingsOf(opened, drawn), []);
    const pseudo = await openView(browser, served, "#/rates", { locale: "en-XA", width: 320 });
    await drawn(pseudo);
    t.deepEqual(await plainTexts(pseudo), []);
    t.true((await pseudo.run<number>("document.documentElement.scrollWidth")) <= 320);
  },
);
