// `pnpm bench:service-changes`: the changes of many torrents, beside full lists.
//
//   --torrents N  stopped torrents (10,000)
//   --seconds N   seconds of each part (30)
//
// Each second one torrent in a hundred gets another label; then qBittorrent's changes by rid and our own by version are asked
// for. Meanwhile another call is asked 20 times a second. The second part asks for full lists of both dialects too, one each
// second. Prints latencies, the bytes of the changes, and how long the other call was answered.

import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { temporaryFolder } from "../../test/support/files/temporary-folder.ts";
import { ServedProcess } from "../../test/support/service/served-process.ts";
import { connectTo, type Polled } from "../service/polled.ts";
import { torrentFile } from "../service/programs.ts";
import { median, percentile, table } from "../support/statistics.ts";

const { values } = parseArgs({
  options: {
    torrents: { type: "string", default: "10000" },
    seconds: { type: "string", default: "30" },
  },
});
const torrents = Number(values.torrents);
const partSeconds = Number(values.seconds);
const otherCallMs = 50;

interface Part {
  readonly title: string;
  readonly changesMs: number[];
  readonly changesBytes: number[];
  readonly otherMs: number[];
  readonly listsMs: number[];
}

using folder = temporaryFolder("bench-service-changes");
await using served = await ServedProcess.start({ folder: folder.path });
const place = { name: "troupe", port: served.port, user: "troupe", password: served.password };
const speaks = ["transmission", "qbittorrent"] as const;
using changer = await connectTo(served, { ...place, speaks });
using poller = await connectTo(served, { ...place, speaks });
using lister = await connectTo(served, { ...place, speaks });
const addedFromMs = performance.now();
for (let index = 0; index < torrents; index++) {
  await changer.add(torrentFile(index), "stopped");
  if ((index + 1) % 1_000 !== 0) continue;
  const seconds = (performance.now() - addedFromMs) / 1_000;
  console.log(`${index + 1} torrents after ${seconds.toFixed(0)} s`);
}
const ids = await hashes(changer);
await sleep(5_000);
const parts = [await run("alone", false), await run("beside full lists", true)];
const rows = parts.map(({ title, changesMs, changesBytes, otherMs, listsMs }) => [
  ...[title, median(changesMs).toFixed(1), percentile(changesMs, 0.99).toFixed(1)],
  (Math.max(...changesBytes) / 1_024).toFixed(1),
  ...[median(otherMs), percentile(otherMs, 0.99), Math.max(...otherMs)].map((ms) => ms.toFixed(1)),
  listsMs.length === 0 ? "" : median(listsMs).toFixed(0),
]);
const heads = ["changes p50 ms", "p99 ms", "most KiB", "other call p50 ms", "p99 ms", "worst ms"];
console.log(table([["", ...heads, "full list ms"], ...rows]));

async function run(title: string, hasLists: boolean): Promise<Part> {
  const part: Part = { title, changesMs: [], changesBytes: [], otherMs: [], listsMs: [] };
  let isOver = false;
  const others = otherCalls(part, () => isOver);
  const lists = hasLists ? fullLists(part, () => isOver) : undefined;
  let rid = JSON.parse(await poller.get("sync/maindata?rid=0")).rid;
  let { version } = JSON.parse(await poller.ask("/api/v1/torrents?limit=1"));
  for (let second = 0; second < partSeconds; second++) {
    const begunMs = performance.now();
    await changeSome(second);
    const ofForm = await timed(part, () => poller.get(`sync/maindata?rid=${rid}`));
    ({ rid } = JSON.parse(ofForm));
    const own = await timed(part, () => poller.ask(`/api/v1/torrents?since=${version}&limit=500`));
    ({ version } = JSON.parse(own));
    await sleep(Math.max(0, 1_000 - (performance.now() - begunMs)));
  }
  isOver = true;
  await Promise.all([others, lists]);
  return part;
}

/** One torrent in a hundred, others each second. */
async function changeSome(second: number): Promise<void> {
  const changed = ids.filter((_, index) => index % 100 === second % 100);
  await changer.rpc("torrent-set", { ids: changed, labels: [`second ${second}`] });
}

async function timed(part: Part, ask: () => Promise<string>): Promise<string> {
  const begunMs = performance.now();
  const text = await ask();
  part.changesMs.push(performance.now() - begunMs);
  part.changesBytes.push(Buffer.byteLength(text));
  return text;
}

async function otherCalls(part: Part, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    const begunMs = performance.now();
    await poller.get("transfer/info");
    part.otherMs.push(performance.now() - begunMs);
    await sleep(otherCallMs);
  }
}

async function fullLists(part: Part, isOver: () => boolean): Promise<void> {
  const fields = ["id", "hashString", "name", "status", "percentDone", "rateDownload", "labels"];
  for (let turn = 0; !isOver(); turn++) {
    const begunMs = performance.now();
    if (turn % 2 === 0) await lister.get("torrents/info");
    else await lister.rpc("torrent-get", { fields });
    part.listsMs.push(performance.now() - begunMs);
    await sleep(Math.max(0, 1_000 - (performance.now() - begunMs)));
  }
}

async function hashes(polled: Polled): Promise<readonly string[]> {
  const list = JSON.parse(await polled.get("torrents/info")) as readonly { hash: string }[];
  if (list.length !== torrents) throw new Error(`the list has ${list.length} torrents`);
  return list.map(({ hash }) => hash);
}
