// `pnpm bench:service-changes`: the changes of many torrents, beside full lists.
//
//   --torrents N  stopped torrents (10,000)
//   --seconds N   seconds of each part (30)
//
// Each second one torrent in a hundred gets another limit; then qBittorrent's changes by rid and our own by version are asked
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
let limit = 1_000;
const partSeconds = Number(values.seconds);
const otherCallMs = 50;
const writesMs = 400;

/** Answers of one kind of changes. */
interface Changes {
  readonly ms: number[];
  readonly bytes: number[];
}

interface Part {
  readonly title: string;
  /** Changes of qBittorrent by rid, and our own by version. */
  readonly maindata: Changes;
  readonly own: Changes;
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
const heads = ["", "p50 ms", "p99 ms", "worst ms", "most KiB"];
console.log(table([heads, ...parts.flatMap(rowsOf)]));

function rowsOf({ title, maindata, own, otherMs, listsMs }: Part): string[][] {
  return [
    rowOf(`${title}: maindata by rid`, maindata.ms, maindata.bytes),
    rowOf(`${title}: torrents since`, own.ms, own.bytes),
    rowOf(`${title}: another call`, otherMs),
    ...(listsMs.length > 0 ? [rowOf(`${title}: a full list`, listsMs)] : []),
  ];
}

function rowOf(title: string, ms: readonly number[], bytes?: readonly number[]): string[] {
  const times = [median(ms), percentile(ms, 0.99), Math.max(...ms)].map((each) => each.toFixed(1));
  return [title, ...times, bytes === undefined ? "" : (Math.max(...bytes) / 1_024).toFixed(1)];
}

async function run(title: string, hasLists: boolean): Promise<Part> {
  const maindata: Changes = { ms: [], bytes: [] };
  const own: Changes = { ms: [], bytes: [] };
  const part: Part = { title, maindata, own, otherMs: [], listsMs: [] };
  let isOver = false;
  const others = otherCalls(part, () => isOver);
  const lists = hasLists ? fullLists(part, () => isOver) : undefined;
  let rid = JSON.parse(await poller.get("sync/maindata?rid=0")).rid;
  let { version } = JSON.parse(await poller.ask("/api/v1/torrents?limit=1"));
  for (let second = 0; second < partSeconds; second++) {
    const begunMs = performance.now();
    await changeSome(second);
    // The records of the changed torrents are being written.
    await sleep(writesMs);
    ({ rid } = JSON.parse(await timed(maindata, () => poller.get(`sync/maindata?rid=${rid}`))));
    const since = `/api/v1/torrents?since=${version}&limit=500`;
    ({ version } = JSON.parse(await timed(own, () => poller.ask(since))));
    await sleep(Math.max(0, 1_000 - (performance.now() - begunMs)));
  }
  isOver = true;
  await Promise.all([others, lists]);
  return part;
}

/** One torrent in a hundred, others each second. */
async function changeSome(second: number): Promise<void> {
  const changed = ids.filter((_, index) => index % 100 === second % 100);
  limit++;
  await changer.rpc("torrent-set", { ids: changed, downloadLimit: limit, downloadLimited: true });
}

async function timed({ ms, bytes }: Changes, ask: () => Promise<string>): Promise<string> {
  const begunMs = performance.now();
  const text = await ask();
  ms.push(performance.now() - begunMs);
  bytes.push(Buffer.byteLength(text));
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
