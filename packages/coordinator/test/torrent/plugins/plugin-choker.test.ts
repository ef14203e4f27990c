import test from "ava";
import fc from "fast-check";
import type {
  RankedPeer,
  RankingScene,
  TorrentChoker,
} from "../../../src/torrent/plugins/interfaces/choker-module.ts";
import { ModuleGuard } from "../../../src/torrent/plugins/module-guard.ts";
import { PluginChoker, startChoker } from "../../../src/torrent/plugins/plugin-choker.ts";
import type { ChokingPeer } from "../../../src/torrent/choking/strategies/choking-strategy.ts";
import { chokerScene } from "../../support/choker-scene.ts";

const torrent = {
  infoHash: "a".repeat(40),
  name: "drawn",
  pieceCount: 4,
  pieceLengthBytes: 32_768,
  totalBytes: 131_072,
  isPrivate: false,
};

function guarded(choker: TorrentChoker, slots = 4) {
  const failures: string[] = [];
  const guard = new ModuleGuard(
    (act) => act(),
    (task, deed) => failures.push(`${task}: ${deed}`),
  );
  const outside = new PluginChoker(choker, guard);
  return { failures, outside, strategy: outside.strategy({ slots, isComplete: false }) };
}

const peer = (port: number): ChokingPeer => ({
  key: { host: "8.0.0.1", port, peerId: "secret" },
  subscriber: `8.0.0.1:${port}`,
  isSnubbed: false,
  downBytesPerSecond: port,
  upBytesPerSecond: 0,
  slot: undefined,
  lastSlotMs: -Infinity,
  isResting: false,
});

const fastest = (peers: readonly RankedPeer[]): RankedPeer[] =>
  peers.toSorted((one, other) => other.upBytesPerSecond - one.upBytesPerSecond);

test("AE27: a choker sees the peers and its scene, and the same connection each time", (t) => {
  const seen: { peers: readonly RankedPeer[]; scene: RankingScene }[] = [];
  const { failures, strategy } = guarded({
    rank(peers, scene) {
      seen.push({ peers, scene });
      return peers.toReversed().slice(0, 1);
    },
  });
  const [first, second] = [peer(1), peer(2)];
  t.deepEqual(strategy.rank([first, second], 7), [second]);
  t.deepEqual(strategy.rank([second], 8), [second]);
  t.deepEqual(seen[0]?.scene, { nowMs: 7, slots: 4, isComplete: false });
  const { key: _key, ...figures } = second;
  const connection = { host: "8.0.0.1", port: 2 };
  t.deepEqual(seen[0]?.peers[1], { ...figures, connection });
  t.is(seen[0]?.peers[1]?.connection, seen[1]?.peers[0]?.connection);
  t.deepEqual(failures, []);
});

test("AE27: a choker gives the slots of a torrent, with one at random", (t) => {
  const { strategy } = guarded({ rank: fastest });
  const scene = chokerScene({ strategy, slots: 3 });
  scene.join("abcdef");
  scene.rate("ef", 0, 9_000);
  t.is(scene.unchoked(), "abc");
  scene.show("e", { uploadedBytes: 5, upBytesPerSecond: 9_000 });
  scene.show("f", { uploadedBytes: 5, upBytesPerSecond: 8_000 });
  scene.run(20_000);
  t.true(scene.unchoked().includes("e") && scene.unchoked().includes("f"));
  t.is(scene.unchoked().length, 3);
  t.is(scene.optimistic().length, 1);
});

test("AE27: with slots for all a choker still chooses", (t) => {
  const none = guarded({ rank: () => [] }, Infinity);
  const closed = chokerScene({ strategy: none.strategy, slots: Infinity });
  closed.join("abc");
  t.is(closed.unchoked(), "");
  const some = guarded({ rank: (peers) => peers.slice(0, 2) }, Infinity);
  const half = chokerScene({ strategy: some.strategy, slots: Infinity });
  half.join("abc");
  t.is(half.unchoked(), "ab");
  const all = guarded({ rank: (peers) => peers.slice(0, 1), optimisticSlots: () => Infinity });
  const open = chokerScene({ strategy: all.strategy, slots: Infinity });
  open.join("abc");
  open.run(20_000);
  t.is(open.unchoked(), "abc");
  t.deepEqual(
    [none, some, all].flatMap(({ failures }) => failures),
    [],
  );
});

test("AE27: only peers in question are ranked, each once", (t) => {
  const peers = [1, 2, 3, 4].map(peer);
  const stranger = { connection: { host: "8.0.0.1", port: 1 } };
  const choices = fc.array(fc.oneof(fc.nat(5), fc.anything()), { maxLength: 6 });
  let right = 0;
  fc.assert(
    fc.property(fc.oneof(fc.uniqueArray(fc.nat(3)), choices, fc.anything()), (choice) => {
      const { failures, strategy } = guarded({
        rank: (views) => {
          if (!Array.isArray(choice)) return choice as [];
          return choice.map((each: unknown) =>
            typeof each === "number" ? (views[each] ?? stranger) : each,
          ) as RankedPeer[];
        },
      });
      const ranked = strategy.rank(peers, 0);
      if (failures.length === 0) {
        right++;
        t.deepEqual(
          ranked,
          (choice as number[]).map((index) => peers[index]),
        );
        t.is(new Set(ranked).size, ranked.length);
      } else {
        t.deepEqual(ranked, []);
        t.deepEqual(strategy.rank(peers, 1), []);
        t.is(failures.length, 1);
      }
    }),
    { numRuns: 300 },
  );
  t.true(right > 50);
});

test("AE27: slots at random are a whole number of the slots", (t) => {
  fc.assert(
    fc.property(
      fc.oneof(fc.integer(), fc.anything()),
      fc.integer({ min: 1, max: 9 }),
      (count, slots) => {
        const { failures, strategy } = guarded({
          rank: fastest,
          optimisticSlots: () => count as number,
        });
        const isRight = Number.isInteger(count) && Number(count) >= 0 && Number(count) <= slots;
        t.is(strategy.optimisticSlots(slots, 2), isRight ? Number(count) : 0);
        t.is(failures.length, isRight ? 0 : 1);
      },
    ),
  );
  const { failures, strategy } = guarded({ rank: fastest, optimisticSlots: () => Infinity });
  t.is(strategy.optimisticSlots(4, 2), 0);
  t.deepEqual(failures, ["rank the peers: gave Infinity of 4 slots at random"]);
});

test("AE27: a choker with a wrong property is refused at its start", (t) => {
  const choker = { rank: fastest, isReciprocal: true, optimisticSlots: () => 0 };
  t.is(
    startChoker(() => choker, torrent),
    choker,
  );
  t.true(guarded(choker).strategy.isReciprocal);
  for (const wrong of [{ isReciprocal: 1 }, { optimisticSlots: 1 }, { rank: undefined }])
    t.throws(() => startChoker(() => ({ ...choker, ...wrong }), torrent), { message: /is no / });
});
