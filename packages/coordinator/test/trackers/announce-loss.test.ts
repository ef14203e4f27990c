import test from "ava";
import { AnnounceWorld, type HeardAnnounce } from "../support/announce-world.ts";

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const longestIntervalMs = 1.1 * 1_800 * second;

// A tracker's address that was silent twice is probed at intervals that double (BEP 15): a torrent without luck waits longer.
test("where a fifth of datagrams is lost, announces arrive within 3 minutes, with fresh ids", async (t) => {
  const scene = new AnnounceWorld("loss", { lossChance: 0.2, keepTrace: false });
  const tracker = await scene.tracker("t.example");
  const torrents = Array.from({ length: 60 }, () =>
    scene.torrent({ tiers: [["udp://t.example"]] }),
  );
  const keys = torrents.flatMap(({ infoHash }) => [`${infoHash} 4`, `${infoHash} 6`]);
  const heardSince = (sinceMs: number): Map<string, HeardAnnounce[]> => {
    const heard = tracker.heard.filter(({ atMs }) => atMs >= sinceMs);
    return Map.groupBy(heard, ({ infoHash, family }) => `${infoHash} ${family}`);
  };
  const holdArrivals = (event: HeardAnnounce["event"], delaysMs: readonly number[]): void => {
    const late = delaysMs.filter((delayMs) => delayMs > 3 * minute).length;
    t.true(late <= delaysMs.length / 100, `${event}: ${late} of ${delaysMs.length} late`);
    t.true(delaysMs.length >= keys.length);
  };
  const untilFirst = (event: HeardAnnounce["event"], sinceMs: number): number[] =>
    keys.map((key) => {
      const own = heardSince(sinceMs).get(key) ?? [];
      return (own.find((announce) => announce.event === event)?.atMs ?? Infinity) - sinceMs;
    });

  for (const { announcer } of torrents) announcer.start();
  await scene.world.run(3 * minute);
  holdArrivals("started", untilFirst("started", 0));

  const completeMs = scene.nowMs;
  for (const { announcer, counters } of torrents) {
    counters.left = 0;
    announcer.completed();
  }
  await scene.world.run(3 * minute);
  holdArrivals("completed", untilFirst("completed", completeMs));

  await scene.world.run(2 * hour);
  const regular = [...heardSince(0).values()].flatMap((heard) =>
    heard.slice(1).map(({ atMs }, i) => atMs - (heard[i]?.atMs ?? 0) - longestIntervalMs),
  );
  holdArrivals(undefined, regular);
  t.true(Math.max(...tracker.idAgesMs) <= 60 * second);
});
