// Light peers in a process of their own:
//
//   peers-run.ts KIND PORT TORRENT PEERS PER_SECOND SECONDS [DEPTH or RATE]
//
// KIND: idle · pieces (each takes four at random, then stays) · depth (random blocks without an end) · rate (open load).
// Prints one line of JSON.

import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { nodePorts } from "@troupe/actor-runtime";
import {
  openPeers,
  openPeerTorrent,
  type PeerAccount,
  type PeerCounter,
  type PeerMeasure,
} from "@troupe/load-peers";

/** The line that a run prints. */
export interface PeersReport {
  readonly counts: Readonly<Partial<Record<PeerCounter | PeerAccount, number>>>;
  /** Memory of the peers, after a garbage collection. */
  readonly rssBytes: number;
  /** During the measured seconds. */
  readonly bytes: number;
  readonly cpuSeconds: number;
  readonly longestCompletionMs: number;
  readonly sent: number;
  /** Between the intended and the real time of intents: the median, and the longest of 99 %. */
  readonly lateMs: readonly [median: number, most: number];
  readonly notSent: number;
}

const [kind = "", port = "", torrentPath = "", ...numbers] = process.argv.slice(2);
const [peers = 0, perSecond = 0, seconds = 0, pace = 0] = numbers.map(Number);
const ports = nodePorts();
const counts: Partial<Record<PeerCounter | PeerAccount, number>> = {};
const latenessMs: number[] = [];
let notSent = 0;
let longestCompletionMs = 0;

const torrent = openPeerTorrent(ports.disk, readFileSync(torrentPath), { kind: "pattern" });
globalThis.gc?.();
const fromBytes = process.memoryUsage().rss;
const group = openPeers({
  ports,
  target: { host: "127.0.0.1", port: Number(port) },
  torrent,
  behaviour: kind === "idle" ? "idle" : "leecher",
  take: kind === "pieces" ? { pieces: 4 } : undefined,
  has: 0,
  pace: kind === "rate" ? { kind: "rate" } : { kind: "depth", depth: pace === 0 ? 4 : pace },
  downBytesPerSecond: undefined,
  upBytesPerSecond: undefined,
  delayMs: 0,
  extensions: ["fast", "extended"],
  transport: "tcp",
  encryption: "none",
  dials: "out",
  retryAfterMs: undefined,
  requestTimeoutMs: 30_000,
  handshakeTimeoutMs: 15_000,
  countsVisits: kind !== "rate",
  mayDial: () => true,
  recorder: {
    sample: (measure: PeerMeasure, beganMs, endedMs) => {
      if (measure === "completion")
        longestCompletionMs = Math.max(longestCompletionMs, endedMs - beganMs);
    },
    count: (counter, by = 1) => void (counts[counter] = (counts[counter] ?? 0) + by),
    account: (counter) => {
      if (counter === "not_sent_target") notSent++;
      counts[counter] = (counts[counter] ?? 0) + 1;
    },
    acted: (intendedMs, nowMs) => void latenessMs.push(nowMs - intendedMs),
    moved() {},
  },
});

await everyDue(peers, perSecond, (peer) => {
  const localHost = `127.${1 + (peer >> 14)}.${(peer >> 7) & 127}.${1 + (peer & 127)}`;
  const stay = { kind: "end" } as const;
  group.arrive({ peer, visit: 0, seed: peer, stayMs: Infinity, localHost, stay });
});
await delay(3_000);
const [beforeCpu, beforeBytes] = [process.cpuUsage(), counts.bytes_down ?? 0];
if (kind === "rate") {
  await everyDue(seconds * pace, pace, (intent, intendedMs) =>
    group.request(intent % peers, intent, intendedMs),
  );
  await delay(500);
} else await delay(1_000 * seconds);
const cpu = process.cpuUsage(beforeCpu);
const bytes = (counts.bytes_down ?? 0) - beforeBytes;
globalThis.gc?.();
const rssBytes = process.memoryUsage().rss - fromBytes;
const report: PeersReport = {
  counts: { ...counts },
  rssBytes,
  bytes,
  cpuSeconds: (cpu.user + cpu.system) / 1e6,
  longestCompletionMs,
  sent: latenessMs.length,
  lateMs: [lateBy(0.5), lateBy(0.99)],
  notSent,
};
console.log(JSON.stringify(report));
await group.end("cut");
process.exit(0);

/** The lateness that a share of all intents does not exceed. */
function lateBy(share: number): number {
  const sorted = latenessMs.toSorted((a, b) => a - b);
  return sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
}

/** Acts so many times, evenly; a timer takes all that are due. */
async function everyDue(
  times: number,
  perSecond: number,
  act: (index: number, dueMs: number) => void,
): Promise<void> {
  const fromMs = performance.now();
  let done = 0;
  while (done < times) {
    const due = Math.min(times, ((performance.now() - fromMs) * perSecond) / 1_000);
    for (; done < due; done++) act(done, fromMs + (done * 1_000) / perSecond);
    // oxlint-disable-next-line no-await-in-loop
    await delay(1);
  }
}
