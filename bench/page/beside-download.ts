// `pnpm bench:page-cost`: downloads of 1 GiB by a service with many torrents, while its page is open in Chromium and without it,
// in turns. Chromium has the lowest priority: it usually runs on another machine.
//
//   --torrents N  stopped torrents beside the download (1,000)
//   --seconds N   of downloads in each run, whole copies alone (10)
//   --runs N      pairs of runs (8)

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { HeadlessBrowser } from "../../test/support/browser.ts";
import { temporaryFolder } from "../../test/support/files/temporary-folder.ts";
import { buildPage } from "../../test/support/page/built-page.ts";
import { OpenedPage } from "../../test/support/page/opened-page.ts";
import { ServedProcess } from "../../test/support/service/served-process.ts";
import { Downloads, seedContent } from "../service/downloads.ts";
import { connectTo } from "../service/polled.ts";
import { torrentFile } from "../service/programs.ts";
import { inTurns } from "../support/in-turns.ts";
import { spread, table } from "../support/statistics.ts";

const { values } = parseArgs({
  options: {
    torrents: { type: "string", default: "1000" },
    seconds: { type: "string", default: "10" },
    runs: { type: "string", default: "8" },
  },
});
const host = "127.0.0.1";
const megabyte = 1e6;

await buildPage();
await using content = await seedContent();
using folder = temporaryFolder("bench-page-cost");
const settings = join(folder.path, "settings.yaml");
writeFileSync(settings, `localHosts: ["${host}"]\n`);
const words = ["--bind", host, "--settings", settings];
await using service = await ServedProcess.start({ folder: folder.path, arguments: words });
const { password, port } = service;
const speaks = ["transmission", "qbittorrent"] as const;
using polled = await connectTo(service, { name: "troupe", port, speaks, user: "troupe", password });
for (let index = 0; index < Number(values.torrents); index++)
  await polled.add(torrentFile(index), "stopped");
await using browser = await HeadlessBrowser.start({ hasLowestPriority: true, isFull: true });
await (await openPage(password)).page.close();

const downloads = new Downloads(content);
await rate();
const [alone, ratios]: [number[], number[]] = [[], []];
for (let run = 0; run < Number(values.runs); run++) {
  const [without, beside] = await inTurns(run, rate, rateBesidePage);
  alone.push(without);
  ratios.push(beside / without);
  console.error(`${without.toFixed(0)} MB/s, beside the page ${(beside / without).toFixed(3)} x`);
}
console.log(
  table([
    ["without the page, MB/s", "with the page ÷ without (bar 0.98)"],
    [spread(alone, 0), spread(ratios, 3)],
  ]),
);

/** @param secret Undefined: the browser is logged in. */
async function openPage(secret?: string): Promise<OpenedPage> {
  const look = secret === undefined ? {} : { secret };
  const opened = await OpenedPage.open(browser, `http://${host}:${port}/`, look);
  await opened.until(`document.querySelector("[role=row][id]") !== null`);
  return opened;
}

async function rateBesidePage(): Promise<number> {
  const { page } = await openPage();
  const beside = await rate();
  await page.close();
  return beside;
}

/** @returns MB/s of downloads. */
async function rate(): Promise<number> {
  const endMs = performance.now() + Number(values.seconds) * 1_000;
  return (await downloads.run(polled, () => performance.now() >= endMs)) / megabyte;
}
