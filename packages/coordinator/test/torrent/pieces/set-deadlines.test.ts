import test from "ava";
import { mostDeadlines, PeerField, PeerFlag } from "@troupe/messages";
import { moveLatePieces } from "../../../src/torrent/pieces/revoke-leases.ts";
import { leaseReturned, piecesWanted } from "../../../src/torrent/pieces/piece-leases.ts";
import { setDeadlines } from "../../../src/torrent/pieces/set-deadlines.ts";
import { openAtWorker } from "../../../src/torrent/join-swarm.ts";
import { updateRates } from "../../../src/torrent/report/status.ts";
import { admitPeer, peerOpened } from "../../../src/torrent/swarm/peers.ts";
import {
  leaseAnswers,
  at,
  idBytes,
  makeScene,
  rowIndex,
  showPeer,
} from "../../support/engine-scene.ts";
import { piece } from "../../support/diagrams.ts";

function scene(workers = 1, pieces = 8) {
  const made = makeScene({ workers });
  const job = made.addJob({ pieces });
  for (let worker = 0; worker < workers; worker++) {
    const peer = {
      torrent: job.id,
      peerId: idBytes(`peer ${worker}`),
      host: `8.0.${worker}.1`,
      port: 1,
      isIncoming: false,
    };
    admitPeer(made.engine, job, made.peerWorker(worker), peer);
    peerOpened(made.engine, job, made.peerWorker(worker), { ...peer, peer: rowIndex(0) });
    showPeer(job, { worker, rowIndex: 0 }, "########");
  }
  const rowOf = (worker: number) => at(job.content.traffic.tables, worker).row(0);
  /** The rates of the peers of the workers, as of the last second. */
  const setRates = (...rates: readonly number[]) => {
    for (const [worker, rate] of rates.entries())
      rowOf(worker).setField(PeerField.downBytesPerSecond, rate);
    updateRates(job);
  };
  const setDue = (...list: (readonly [index: number, ms: number])[]) =>
    setDeadlines(made.engine, job, {
      torrent: job.id,
      deadlines: list.map(([index, ms]) => ({ piece: piece(index), ms })),
    });
  const leased = (worker: number, count: number): number[] => {
    const peers = [{ peer: rowIndex(0), count }];
    piecesWanted(made.engine, job, made.peerWorker(worker), { peers });
    return (leaseAnswers(made.ref(worker)).at(-1)?.pieces ?? []).map((each) => each.piece);
  };
  return { ...made, job, setDue, leased, rowOf, setRates };
}

test("the next leases are of due pieces, and peer-workers get the deadlines", (t) => {
  const { job, leased, ref, setDue } = scene();
  setDue([6, 900], [3, 100]);
  t.deepEqual(leased(0, 2), [3, 6]);
  const deadlines = [
    { piece: piece(6), ms: 900 },
    { piece: piece(3), ms: 100 },
  ];
  t.deepEqual(ref(0).casts("set-deadlines"), [{ torrent: job.id, deadlines }]);
});

test("deadlines of pieces that do not exist, and those beyond the bound, are ignored", (t) => {
  const { job, setDue } = scene(1, mostDeadlines + 5);
  const beyond = Array.from({ length: mostDeadlines + 5 }, (_, index) => [index, 1] as const);
  setDue([mostDeadlines + 5, 100], [-1, 100], [1, Number.NaN], [2, 100]);
  t.deepEqual(
    job.content.picker.due.map((due) => Number(due.piece)),
    [2],
  );
  setDue(...beyond);
  t.is(job.content.picker.due.length, mostDeadlines);
  setDue();
  t.deepEqual(job.content.picker.due, []);
});

test("a piece that is named twice is leased once, for the earlier deadline", (t) => {
  const { job, leased, ref, setDue } = scene();
  setDue([3, 500], [6, 300], [3, 100], [3, 900]);
  t.deepEqual(ref(0).casts("set-deadlines").at(-1)?.deadlines, [
    { piece: piece(3), ms: 100 },
    { piece: piece(6), ms: 300 },
  ]);
  t.is(job.content.picker.due.length, 2);
  t.deepEqual(leased(0, 3).slice(0, 2), [3, 6]);
  t.is(job.content.ledger.leasedCount, 3);
});

test("a peer-worker that restarts gets the time that is left of each deadline", (t) => {
  const { engine, job, peerWorker, ref, setDue, time } = scene();
  setDue([3, 1_000]);
  time.advance(400);
  openAtWorker(engine, job, peerWorker(0));
  t.deepEqual(ref(0).casts("open-torrent").at(-1)?.content?.deadlines, [
    { piece: piece(3), ms: 600 },
  ]);
});

test("a due piece moves, with its blocks, from a slow peer-worker to a fast one", (t) => {
  const { engine, job, leased, peerWorker, ref, setDue, setRates } = scene(2);
  setDue([3, 100]);
  t.deepEqual(leased(0, 1), [3]);
  setRates(1_000, 1_000_000);
  moveLatePieces(engine, job);
  const revoked = at(ref(0).casts("revoke-lease"), 0);
  t.is(revoked.piece, piece(3));
  moveLatePieces(engine, job);
  t.is(ref(0).casts("revoke-lease").length, 1, "the lease is revoked once");
  leaseReturned(engine, job, peerWorker(0), {
    ...revoked,
    transferred: { offset: 0, received: Uint8Array.of(1, 0), contributors: [] },
  });
  const moved = at(leaseAnswers(ref(1)).at(-1)?.pieces ?? [], 0);
  t.is(moved.piece, piece(3));
  t.deepEqual(moved.transferred?.received, Uint8Array.of(1, 0));
});

for (const [what, flag] of [
  ["chokes", PeerFlag.amChokedByPeer],
  ["snubs", PeerFlag.isSnubbed],
] as const) {
  test(`a late piece is neither left nor moved to a fast peer-worker whose peer ${what} us`, (t) => {
    const { engine, job, leased, ref, rowOf, setDue, setRates } = scene(2);
    setDue([3, 100], [5, 200]);
    setRates(1_000, 1_000_000);
    rowOf(1).setFlag(flag, true);
    updateRates(job);
    t.deepEqual(leased(0, 2), [3, 5]);
    moveLatePieces(engine, job);
    t.deepEqual(ref(0).casts("revoke-lease"), []);
  });
}

test("a late piece is left to a fast peer-worker whose peer would send it", (t) => {
  const { leased, setDue, setRates } = scene(2);
  setDue([3, 100]);
  setRates(1_000, 1_000_000);
  t.false(leased(0, 2).includes(3));
  t.deepEqual(leased(1, 1), [3]);
});
