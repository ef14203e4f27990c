import test, { type ExecutionContext } from "ava";
import { AnnounceWorld, type HeardAnnounce, type WorldTorrent } from "../support/announce-world.ts";

const second = 1_000;
const minute = 60 * second;
/** `pnpm test:announces` runs 5,000. */
const count = Number(process.env["TROUPE_TORRENTS"] ?? 2_500);

/** Announces of each second. */
function perSecond(heard: readonly HeardAnnounce[]): number[] {
  const counts: number[] = [];
  for (const { atMs } of heard) {
    const index = Math.floor(atMs / second);
    counts[index] = (counts[index] ?? 0) + 1;
  }
  return Array.from(counts, (inSecond) => inSecond ?? 0);
}

for (const protocol of ["http", "udp"] as const) {
  test(`${count} torrents announce to one ${protocol} tracker at a pace, and spread their announces`, async (t) => {
    const scene = new AnnounceWorld(`many ${protocol}`, { keepTrace: false });
    const tracker = await scene.tracker("t.example");
    const url = protocol === "http" ? "http://t.example/announce" : "udp://t.example";
    // Every second one is a seed.
    const torrents = Array.from({ length: count }, (_, i) =>
      scene.torrent({ tiers: [[url]], isSeed: i % 2 === 0 }),
    );
    for (const { announcer } of torrents) announcer.start();
    await scene.world.run(2 * minute);
    const first = tracker.heard.slice();
    const keys = new Set(first.map(({ infoHash, family }) => `${infoHash} ${family}`));
    t.is(keys.size, 2 * count, "none is lost");
    t.is(first.length, 2 * count, "none comes twice");
    t.true(tracker.most <= 50, `${tracker.most} at once`);
    const most = Math.max(...perSecond(first));
    t.true(most <= (3 * first.length) / 120, `${most} in a second`);
    // The first fifty find free places.
    const lefts = first.slice(50).map(({ left }) => left);
    const lastDownload = lefts.findLastIndex((left) => left > 0);
    const firstSeed = lefts.indexOf(0);
    t.true(lastDownload < firstSeed + 100, `${lastDownload} ${firstSeed}`);

    if (protocol === "udp") await holdSpread(t, scene, tracker.heard);
    await holdExit(t, scene, torrents, tracker.heard);
  });
}

/** The next announces are spread over a fifth of the interval. */
async function holdSpread(
  t: ExecutionContext,
  scene: AnnounceWorld,
  heard: HeardAnnounce[],
): Promise<void> {
  heard.length = 0;
  await scene.world.run(34 * minute);
  t.true(heard.length >= 2 * count);
  t.true(heard.every(({ event }) => event === undefined));
  const mean = (2 * count) / (6 * 60);
  const most = Math.max(...perSecond(heard));
  t.true(most <= 3 * mean, `${most} in a second`);
}

/** The engine's end: as many `stopped` as fit in 1.5 s, of downloads first. */
async function holdExit(
  t: ExecutionContext,
  scene: AnnounceWorld,
  torrents: readonly WorldTorrent[],
  heard: HeardAnnounce[],
): Promise<void> {
  heard.length = 0;
  const beganMs = scene.nowMs;
  const downloads = torrents.filter(({ counters }) => counters.left > 0);
  const seeds = torrents.filter(({ counters }) => counters.left === 0);
  const stopping = [...downloads, ...seeds].map(({ announcer }) => announcer.stop());
  await scene.world.settle(Promise.all(stopping));
  t.true(scene.nowMs - beganMs <= 1.5 * second);
  const stopped = heard.filter(({ event }) => event === "stopped");
  t.true(stopped.length >= 500, `${stopped.length} stopped`);
  t.true(
    stopped.every(({ left }) => left > 0),
    "downloads first",
  );
}
