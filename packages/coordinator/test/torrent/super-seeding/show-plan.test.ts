import test from "ava";
import { seededRandom } from "@troupe/actor-runtime/testing";
import { maxLoneWindow, type ShownPeer } from "../../../src/torrent/super-seeding/peer-window.ts";
import { ShowPlan } from "../../../src/torrent/super-seeding/show-plan.ts";

const pieceLengthBytes = 65_536;
const tickMs = 250;

/** A peer whose fields the test changes. */
interface TestPeer extends ShownPeer {
  readonly pieces: Set<number>;
  isInterested: boolean;
  isChoked: boolean;
  knowsAll: boolean;
  sentBytes: number;
}

/** A plan and its peers, named by letters; a capital letter is an unchoked peer. */
function scene(pieceCount: number) {
  const peers = new Map<string, TestPeer>();
  const shown = new Map<string, number[]>();
  let nowMs = 0;
  let looks = 0;
  const plan = new ShowPlan(
    {
      pieceCount,
      pieceLengthBytes,
      availability(piece) {
        looks++;
        return [...peers.values()].filter(({ pieces }) => pieces.has(piece)).length;
      },
    },
    seededRandom(1),
  );
  return {
    shown: (name: string): readonly number[] => shown.get(name) ?? [],
    peer(name: string): TestPeer {
      const peer = peers.get(name);
      if (peer === undefined) throw new Error(`no peer ${name}`);
      return peer;
    },
    connect(...names: readonly string[]): void {
      for (const name of names) peers.set(name, makePeer(name));
    },
    leave: (name: string): boolean => peers.delete(name),
    /** The peer gets pieces from us or from others. */
    gets(name: string, ...pieces: readonly number[]): void {
      for (const piece of pieces) peers.get(name)?.pieces.add(piece);
    },
    /** @returns The pieces that each peer is shown in this time. */
    run(forMs: number = tickMs): Readonly<Record<string, readonly number[]>> {
      const news: Record<string, number[]> = {};
      for (const untilMs = nowMs + forMs; nowMs < untilMs; nowMs += tickMs) {
        for (const { peer, pieces } of plan.round([...peers.values()], nowMs)) {
          const name = [...peers].find(([, other]) => other === peer)?.[0] ?? "?";
          news[name] = [...(news[name] ?? []), ...pieces];
          shown.set(name, [...(shown.get(name) ?? []), ...pieces]);
        }
      }
      return news;
    },
    takeLooks(): number {
      const taken = looks;
      looks = 0;
      return taken;
    },
  };
}

function makePeer(name: string): TestPeer {
  const pieces = new Set<number>();
  return {
    key: {},
    pieces,
    isInterested: true,
    isChoked: name === name.toLowerCase(),
    knowsAll: false,
    sentBytes: 0,
    roundTripMs: 0,
    get haveCount() {
      return pieces.size;
    },
    has: (piece) => pieces.has(piece),
  };
}

test("B08: peers see two pieces each, and no piece goes to two of them", (t) => {
  const { connect, run, shown } = scene(64);
  const names = ["A", "B", "c", "d", "e"];
  connect(...names);
  run(5_000);
  for (const name of names) t.is(shown(name).length, 2, name);
  t.is(new Set(names.flatMap(shown)).size, 10);
});

test("B08: a peer sees the next piece when another peer has its piece, not before", (t) => {
  const { connect, gets, run, shown } = scene(64);
  connect("A", "B");
  run();
  const [first = -1, second = -1] = shown("A");
  gets("A", first, second);
  t.deepEqual(Object.keys(run()), [], "only A has its pieces");
  gets("B", first);
  t.is(run()["A"]?.length, 1);
  gets("B", second);
  t.is(run()["A"]?.length, 1);
});

test("B08: pieces that no other peer gets count for ten seconds", (t) => {
  const { connect, gets, run, shown } = scene(64);
  connect("A", "B");
  run();
  gets("A", ...shown("A"));
  t.deepEqual(run(10_000), {});
  t.is(run()["A"]?.length, 2);
});

test("B08: the pieces of a peer follow its rate; a choked peer keeps two", (t) => {
  const { connect, gets, peer, run, shown } = scene(512);
  connect("A", "b", "C");
  run();
  peer("A").sentBytes += 10 * pieceLengthBytes;
  peer("b").sentBytes += 10 * pieceLengthBytes;
  run(1_000);
  // Ten pieces a second: twelve that the peer lacks, and the pieces on their way to other peers.
  t.is(shown("A").length, 2 + 10);
  t.is(shown("b").length, 2);
  gets("A", ...shown("A"));
  run();
  t.is(shown("A").length, 2 * (2 + 10));
  gets("A", ...shown("A"));
  run();
  t.is(shown("A").length, 2 + 30, "two seconds from a peer to the next, until that is measured");
});

test("B08: a piece of a peer that leaves is shown again, and a choked peer's piece to others at the end", (t) => {
  const { connect, gets, leave, run, shown } = scene(4);
  connect("a", "B", "C");
  run();
  t.is(new Set([...shown("a"), ...shown("B")]).size, 4, "no piece is left for C at first");
  t.is(shown("C").length, 2);
  t.deepEqual(new Set(shown("C")), new Set(shown("a")), "a is choked and does not get its pieces");
  leave("B");
  gets("C", ...shown("C"));
  run(11_000);
  t.is(new Set(shown("C")).size, 4);
});

test("B08: pieces that others have wait until the first copy is complete, for five seconds at most", (t) => {
  const { connect, gets, run, shown } = scene(6);
  connect("A", "B", "C");
  run();
  gets("A", ...shown("A"));
  gets("B", ...shown("B"));
  gets("C", shown("A")[0] ?? 0);
  t.deepEqual(run(4_500), {}, "C still lacks its two pieces");
  const late = run(1_000);
  t.true((late["A"]?.length ?? 0) > 0 && (late["B"]?.length ?? 0) > 0);
});

test("B08: a single peer sees as many pieces as its rate takes, and after ten seconds every piece", (t) => {
  const { connect, gets, peer, run, shown } = scene(100);
  connect("A", "b");
  peer("b").isInterested = false;
  run();
  t.is(shown("A").length, 16);
  gets("A", ...shown("A"));
  run();
  t.is(shown("A").length, 32, "no other peer has to have them");
  run(10_000);
  t.is(shown("A").length, 100);
});

test("B08: a single peer of a large torrent is not shown more than 16,384 pieces ahead", (t) => {
  const { connect, run, shown } = scene(20_000);
  connect("A");
  run(16_000);
  t.is(shown("A").length, maxLoneWindow);
});

test("B08: a single peer beside an uninterested one costs no long round", (t) => {
  const { connect, gets, peer, run, shown, takeLooks } = scene(20_000);
  connect("A", "b");
  peer("b").isInterested = false;
  gets("b", ...Array.from({ length: 19_999 }, (_, piece) => piece));
  let most = 0;
  for (let round = 0; round < 70; round++) {
    takeLooks();
    run();
    most = Math.max(most, takeLooks());
  }
  t.true(shown("A").length > 10_000);
  t.true(most <= 600_000, `${most} pieces looked at in a round`);
});

test("B08: a peer that stays uninterested sees two other pieces every ten seconds", (t) => {
  const { connect, peer, run, shown } = scene(64);
  connect("a", "B");
  peer("a").isInterested = false;
  run(10_000);
  t.is(shown("a").length, 2);
  run(1_000);
  t.is(new Set(shown("a")).size, 4);
});

test("B08: a peer that connected before super-seeding is shown nothing", (t) => {
  const { connect, peer, run, shown } = scene(64);
  connect("A", "B");
  peer("A").knowsAll = true;
  run(20_000);
  t.is(shown("A").length, 0);
  t.is(shown("B").length, 2);
});

test("B08: a choice looks at 512 pieces at most, however many the torrent has", (t) => {
  const { connect, gets, run, takeLooks } = scene(100_000);
  connect("A", "B");
  // No piece is unshown any more.
  for (let piece = 0; piece < 99_000; piece++) gets("A", piece);
  run();
  takeLooks();
  gets("B", 99_999);
  run();
  t.true(takeLooks() <= 4 * 1_100);
});
