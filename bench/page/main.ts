// `pnpm bench:page`: the page in Chromium over ten thousand torrents.
//
//   --torrents N  (10,000)
//   --minutes N   of changes, one torrent in a hundred each second, after two minutes of warm-up (10)
//   --starts N    openings of the page on a processor slowed 4 × (5)
//
// Prints the time from the request of the page to its first rows, the longest task of a scroll, and the heap after a forced
// collection before and after the changes.

import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { Page } from "puppeteer-core";
import { HeadlessBrowser } from "../../test/support/browser.ts";
import { GivenRows, manyRows, rowNumbered } from "../../test/support/page/given-rows.ts";
import { longestTask } from "../../test/support/page/longest-task.ts";
import { OpenedPage, scrollPass } from "../../test/support/page/opened-page.ts";
import { median } from "../support/statistics.ts";

const { values } = parseArgs({
  options: {
    torrents: { type: "string", default: "10000" },
    minutes: { type: "string", default: "10" },
    starts: { type: "string", default: "5" },
  },
});
const torrents = Number(values.torrents);
const minutes = Number(values.minutes);
const slowdown = 4;
const warmUpMinutes = 2;
const secondsOfMinute = 60;
const changedShare = 100;
const mebibyte = 1_024 ** 2;

/** Notes when the first row is drawn, in milliseconds since the page was asked for. */
const watchFirstRow = `{
  const watch = () => {
    if (document.querySelector("[role=row][id]") === null) return requestAnimationFrame(watch);
    requestAnimationFrame(() => { window.firstRowsMs = performance.now(); });
  };
  requestAnimationFrame(watch);
}`;

using rows = await GivenRows.open(manyRows(torrents));
await using browser = await HeadlessBrowser.start({ isFull: true });
const starts: number[] = [];
for (let start = 0; start < Number(values.starts); start++) {
  const first = await browser.visit("about:blank");
  const { page } = first;
  await page.emulateCPUThrottling(slowdown);
  await page.evaluateOnNewDocument(watchFirstRow);
  await page.goto(rows.address);
  await first.until("window.firstRowsMs !== undefined");
  starts.push((await page.evaluate("window.firstRowsMs")) as number);
  await page.close();
}
console.log(
  `first rows on a processor slowed ${slowdown} x: ${starts.map((ms) => ms.toFixed(0)).join(", ")} ms; median ${median(starts).toFixed(0)} ms`,
);

const opened = await OpenedPage.open(browser, rows.address);
await opened.until(`document.querySelector(".counts") !== null`);
await opened.run(scrollPass);
const { cpuMs, wallMs } = await longestTask(opened, scrollPass);
console.log(`longest task of a scroll: ${cpuMs.toFixed(1)} ms of a core, ${wallMs.toFixed(1)} ms`);
await change(warmUpMinutes);
const before = await heapBytes(opened.page);
await change(minutes);
const after = await heapBytes(opened.page);
console.log(
  `heap: ${(before / mebibyte).toFixed(2)} MiB, after ${minutes} min ${(after / mebibyte).toFixed(2)} MiB`,
);
console.log(`errors of the console: ${opened.errors.length}`);

/** Changes one torrent in a hundred each second. */
async function change(forMinutes: number): Promise<void> {
  for (let second = 0; second < forMinutes * secondsOfMinute; second++) {
    const changed = Array.from({ length: Math.ceil(torrents / changedShare) }, (_, index) => {
      const row = rowNumbered((second + index * changedShare) % torrents);
      return { ...row, downBytesPerSecond: 1_000_000 + ((second * 7_919) % 900_000) };
    });
    rows.change(changed);
    await sleep(1_000);
  }
}

async function heapBytes(page: Page): Promise<number> {
  const client = await page.createCDPSession();
  await client.send("HeapProfiler.collectGarbage");
  const { usedSize } = await client.send("Runtime.getHeapUsage");
  await client.detach();
  return usedSize;
}
