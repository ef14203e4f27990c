import test from "ava";
import { PeerField } from "@troupe/messages";
import { admitPeer, peerOpened } from "../../../src/torrent/swarm/peers.ts";
import {
  turnOver,
  turnoverMs,
  worstPeers,
  type RankedPeer,
} from "../../../src/torrent/swarm/turnover.ts";
import { idBytes, makeScene, putIn, rowIndex } from "../../support/engine-scene.ts";

interface NamedPeer extends RankedPeer {
  readonly name: string;
}

function ranked(fields: Partial<NamedPeer> = {}): NamedPeer {
  return { name: "", connectedMs: turnoverMs, bytesPerSecond: 1e6, uninterestedMs: 0, ...fields };
}

/** Adds a hundred good peers to these peers. @returns The names of the peers to close. */
function worstOf(...peers: readonly Partial<NamedPeer>[]): string[] {
  const good = Array.from({ length: 100 }, () => ranked({ name: "good" }));
  return worstPeers([...good, ...peers.map(ranked)]).map(({ name }) => name);
}

test("the slowest 4 % of the peers are closed", (t) => {
  t.deepEqual(
    worstOf(
      { name: "d", bytesPerSecond: 4 },
      { name: "a", bytesPerSecond: 1 },
      { name: "e", bytesPerSecond: 5 },
      { name: "c", bytesPerSecond: 3 },
      { name: "b", bytesPerSecond: 2 },
    ),
    ["a", "b", "c", "d"],
  );
});

test("A07: peers without interest on either side for 600 s are closed first, fast as they were", (t) => {
  t.deepEqual(
    worstOf(
      { name: "slow", bytesPerSecond: 1 },
      { name: "done", uninterestedMs: 600_000 },
      { name: "lately done", uninterestedMs: 599_000 },
    ).slice(0, 2),
    ["done", "slow"],
  );
});

test("a peer has five minutes to prove itself", (t) => {
  t.false(worstOf({ name: "new", bytesPerSecond: 0, connectedMs: turnoverMs - 1 }).includes("new"));
});

test("of few peers none is closed for its rate, but one for lack of interest", (t) => {
  const few = Array.from({ length: 24 }, () => ranked());
  t.deepEqual(worstPeers(few), []);
  const useless = { name: "useless", uninterestedMs: 700_000 };
  const closed = worstPeers([...few, ranked(useless), ranked(useless)]);
  t.deepEqual(
    closed.map(({ name }) => name),
    ["useless"],
  );
});

/** A torrent with 50 places and so many peers; each peer has sent more than the peer before it. */
function scene(count: number) {
  const made = makeScene();
  const job = made.addJob();
  const peerWorker = made.peerWorker(0);
  for (let place = 0; place < count; place++) {
    const host = `8.0.${place}.1`;
    const address = { host, port: 1, isIncoming: false };
    const peer = { torrent: job.id, peerId: idBytes(`peer ${place}`), ...address };
    admitPeer(made.engine, job, peerWorker, peer);
    peerOpened(made.engine, job, peerWorker, { ...peer, peer: rowIndex(place) });
    job.content.traffic.row(0, place)?.setField(PeerField.downloadedBytes, 1_000 * place);
  }
  turnOver(made.engine, job);
  const closed = () =>
    made
      .ref(0)
      .casts("close-peer")
      .map(({ peer, reason }) => `${peer} ${reason}`);
  const pass = (milliseconds: number) => {
    made.time.advance(milliseconds);
    turnOver(made.engine, job);
  };
  return { ...made, job, closed, pass };
}

test("a full torrent closes its worst peers every five minutes", (t) => {
  const { closed, pass } = scene(50);
  pass(turnoverMs - 1);
  t.deepEqual(closed(), []);
  pass(1);
  t.deepEqual(closed(), ["0 turnover", "1 turnover"]);
  pass(1_000);
  t.is(closed().length, 2);
});

test("a torrent with room closes no peer, nor does a paused torrent", (t) => {
  const { closed, pass } = scene(49);
  pass(turnoverMs);
  t.deepEqual(closed(), []);
  const paused = scene(50);
  putIn(paused.job, "paused");
  paused.pass(turnoverMs);
  t.deepEqual(paused.closed(), []);
  putIn(paused.job, "active");
  paused.pass(turnoverMs);
  t.is(paused.closed().length, 2);
});

test("peers that the user added stay", (t) => {
  const { job, closed, pass } = scene(50);
  job.directory.add("8.0.0.1", 1, "user");
  pass(turnoverMs);
  t.deepEqual(closed(), ["1 turnover"]);
});
