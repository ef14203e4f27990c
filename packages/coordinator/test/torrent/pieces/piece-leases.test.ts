import test from "ava";
import type { PieceLease, PieceWanted } from "@troupe/messages";
import {
  transferTaken,
  forgetTransfers,
  leaseReturned,
  piecesWanted,
} from "../../../src/torrent/pieces/piece-leases.ts";
import {
  leaseAnswers,
  at,
  makeScene,
  showPeer,
  rowIndex,
  type JobOptions,
  type SceneOptions,
  putIn,
} from "../../support/engine-scene.ts";
import { draw, piece } from "../../support/diagrams.ts";

/** A torrent with one peer a worker, drawn by what each has. */
function scene(
  peers: readonly string[],
  sceneOptions: SceneOptions = {},
  jobOptions: JobOptions = {},
) {
  const made = makeScene({ workers: peers.length, ...sceneOptions });
  const job = made.addJob({ pieces: at(peers, 0).length, ...jobOptions });
  for (const [worker, has] of peers.entries()) showPeer(job, { worker, rowIndex: 0 }, has);
  const { engine } = made;
  const want = (
    worker: number,
    count = 1,
    wanted: readonly PieceWanted[] = [{ peer: rowIndex(0), count }],
  ) => piecesWanted(engine, job, made.peerWorker(worker), { peers: wanted });
  return {
    ...made,
    job,
    want,
    /** Asks and @returns what was leased, and whether the peer is told that nothing is left for it. */
    ask(worker: number, count = 1): { pieces: readonly PieceLease[]; nothing: boolean } {
      const before = leaseAnswers(made.ref(worker)).length;
      want(worker, count);
      const answers = leaseAnswers(made.ref(worker)).slice(before);
      if (answers.length !== 1) throw new Error(`${answers.length} answers to one question`);
      const [answer] = answers;
      return {
        pieces: answer?.pieces ?? [],
        nothing: answer?.nothingFor.includes(rowIndex(0)) ?? false,
      };
    },
    giveBack(
      worker: number,
      lease: PieceLease,
      transferred?: { offset: number; received: Uint8Array },
    ) {
      const message = { torrent: job.id, piece: lease.piece, lease: lease.lease };
      leaseReturned(engine, job, made.peerWorker(worker), {
        ...message,
        ...(transferred !== undefined && { transferred: { ...transferred, contributors: [] } }),
      });
    },
  };
}

const indexes = (pieces: readonly PieceLease[]) =>
  pieces.map(({ piece }) => Number(piece)).toSorted();
const half = { offset: 65_536, received: Uint8Array.of(1, 0) };

test("a peer gets leases of as many missing pieces as its worker requests", (t) => {
  const { ask, job } = scene(["######"]);
  t.is(ask(0, 4).pieces.length, 4);
  t.is(job.content.ledger.missingCount, 2);
});

test("only pieces that the peer has are leased for it", (t) => {
  const { ask } = scene([".#.#"]);
  t.deepEqual(indexes(ask(0, 4).pieces), [1, 3]);
});

test("A10: for a peer that chokes us only pieces that it allows are leased", (t) => {
  const { want, ref } = scene(["#####."]);
  const among = [1, 3, 5].map((index) => piece(index));
  want(0, 4, [{ peer: rowIndex(0), count: 4, among }]);
  want(0, 4, [{ peer: rowIndex(0), count: 4, among }]);
  const [first, second] = leaseAnswers(ref(0));
  t.deepEqual(indexes(first?.pieces ?? []), [1, 3]);
  t.like(second, { pieces: [], nothingFor: [rowIndex(0)], isEndgame: false });
});

test("for a peer that chokes us no lease of another worker is revoked", (t) => {
  const { ask, want, ref, time } = scene(["##", "##"]);
  t.is(ask(0, 2).pieces.length, 2);
  time.advance(60_000);
  want(1, 1, [{ peer: rowIndex(0), count: 1, among: [piece(0)] }]);
  t.deepEqual(ref(0).casts("revoke-lease"), []);
  want(1, 1);
  t.is(ref(0).casts("revoke-lease").length, 1);
});

test("no piece is leased to two workers, nor to two peers of one", (t) => {
  const { engine, job, ask, want, peerWorker, ref } = scene(["####", "####"]);
  showPeer(job, { worker: 0, rowIndex: 1 }, "####");
  want(0, 0, [
    { peer: rowIndex(0), count: 1 },
    { peer: rowIndex(1), count: 1 },
  ]);
  const [answer] = leaseAnswers(ref(0));
  const mine = indexes(answer?.pieces ?? []);
  const theirs = indexes(ask(1, 4).pieces);
  t.is(new Set([...mine, ...theirs]).size, 4);
  t.is(peerWorker(0), at(engine.peerWorkers, 0));
});

test("a peer with no missing piece gets an empty answer", (t) => {
  t.deepEqual(scene(["...."]).ask(0), { pieces: [], nothing: true });
  const all = scene(["##"]);
  all.ask(0, 2);
  t.deepEqual(all.ask(0), { pieces: [], nothing: true });
});

test("a paused torrent answers without a lease", (t) => {
  const { ask, job } = scene(["####"]);
  putIn(job, "paused");
  t.deepEqual(ask(0, 4), { pieces: [], nothing: false });
});

test("one answer leases 4096 pieces at most", (t) => {
  const { ask } = scene(["#".repeat(5000)], {}, { pieces: 5000, pieceLengthBytes: 16_384 });
  t.is(ask(0, 5000).pieces.length, 4096);
});

test("a worker that has not opened the torrent yet does not delay other workers", (t) => {
  const { ask, job } = scene(["####", "####"]);
  Reflect.deleteProperty(job.content.traffic.tables, 0);
  t.is(ask(1, 2).pieces.length, 2);
});

test("an answer waits while the worker's mailbox is full, and keeps its place", (t) => {
  const { want, ref } = scene(["####"]);
  ref(0).credits = 0;
  want(0, 1);
  want(0, 1);
  t.is(leaseAnswers(ref(0)).length, 0);
  ref(0).giveRoom(1);
  t.is(leaseAnswers(ref(0)).length, 1);
  ref(0).giveRoom(512);
  t.is(leaseAnswers(ref(0)).length, 2);
});

test("a lease that is returned empty can be leased to any worker at once", (t) => {
  const { ask, giveBack, job } = scene(["#", "#"]);
  giveBack(0, at(ask(0).pieces, 0));
  t.is(draw(job.content.ledger), ".");
  t.is(ask(1).pieces.length, 1);
});

test("the return of an old lease changes nothing", (t) => {
  const { ask, giveBack, job } = scene(["#", "#"]);
  const old = at(ask(0).pieces, 0);
  giveBack(0, old);
  ask(1);
  giveBack(0, old);
  t.is(draw(job.content.ledger), "L");
});

test("arrived blocks of a piece go to another worker that has a peer for it", (t) => {
  const { ask, giveBack, ref, peerWorker, job } = scene(["#", "#"]);
  giveBack(0, at(ask(0).pieces, 0), half);
  const [moved] = leaseAnswers(ref(1));
  t.true(moved?.isUnasked);
  const lease = moved?.pieces[0];
  t.deepEqual(lease?.transferred, {
    memory: peerWorker(0).slab?.memory as SharedArrayBuffer,
    ...half,
    contributors: [],
  });
  t.is([...job.content.ledger.leases()][0]?.worker, 1);
  t.deepEqual(ref(0).casts("transferred-piece-taken"), [], "kept in place until it has been read");
});

test("a transferred piece is released when it has been read", (t) => {
  const { ask, engine, giveBack, ref, job } = scene(["#", "#"]);
  const old = at(ask(0).pieces, 0);
  giveBack(0, old, half);
  const moved = at(at(leaseAnswers(ref(1)), 0).pieces, 0);
  transferTaken(engine, job, { torrent: job.id, lease: moved.lease });
  t.deepEqual(ref(0).casts("transferred-piece-taken"), [{ torrent: job.id, lease: old.lease }]);
  transferTaken(engine, job, { torrent: job.id, lease: moved.lease });
  t.is(ref(0).casts("transferred-piece-taken").length, 1, "once");
});

test("a transferred piece is released at once when no worker can continue it", (t) => {
  const { ask, giveBack, ref, job } = scene(["#", "."]);
  const old = at(ask(0).pieces, 0);
  giveBack(0, old, half);
  t.deepEqual(ref(0).casts("transferred-piece-taken"), [{ torrent: job.id, lease: old.lease }]);
  t.is(draw(job.content.ledger), ".");
});

test("the transferred piece of an old lease is released", (t) => {
  const { ask, giveBack, ref, job } = scene(["#", "#"]);
  const old = at(ask(0).pieces, 0);
  job.content.ledger.release(piece(0));
  giveBack(0, old, half);
  t.deepEqual(ref(0).casts("transferred-piece-taken"), [{ torrent: job.id, lease: old.lease }]);
});

test("an idle peer takes over a piece that another worker has held for five seconds", (t) => {
  const made = scene(["#", "#"]);
  const { ask, time, job } = made;
  const lease = at(ask(0).pieces, 0);
  time.advance(4_999);
  ask(1);
  t.is(made.ref(0).casts("revoke-lease").length, 0);
  time.advance(1);
  ask(1);
  t.deepEqual(made.ref(0).casts("revoke-lease"), [
    { torrent: job.id, piece: lease.piece, lease: lease.lease },
  ]);
  ask(1);
  t.is(made.ref(0).casts("revoke-lease").length, 1, "asked for once");
});

test("an idle peer takes over only pieces that it has", (t) => {
  const made = scene(["##", ".#"]);
  made.ask(0, 2);
  made.time.advance(60_000);
  made.ask(1);
  t.deepEqual(
    made
      .ref(0)
      .casts("revoke-lease")
      .map((message) => message.piece),
    [piece(1)],
  );
});

test("a piece that is taken over goes to the worker that asked for it", (t) => {
  const { ask, giveBack, time, ref, job } = scene(["#", "#", "#"]);
  const lease = at(ask(0).pieces, 0);
  time.advance(5_000);
  ask(2);
  giveBack(0, lease, half);
  t.is([...job.content.ledger.leases()][0]?.worker, 2);
  t.is(leaseAnswers(ref(1)).length, 0);
});

test("a piece without a block goes to the worker that asked for it too", (t) => {
  const { ask, giveBack, time, ref, job } = scene(["#", "#"]);
  const lease = at(ask(0).pieces, 0);
  time.advance(5_000);
  ask(1);
  giveBack(0, lease);
  t.is([...job.content.ledger.leases()][0]?.worker, 1, "who held it might be back sooner");
  t.is(leaseAnswers(ref(1)).at(-1)?.pieces[0]?.transferred, undefined);
});

test("no piece is taken over or requested twice while a peer has another missing piece", (t) => {
  const { ask, want, time, ref } = scene(["#..", "#..", ".##"]);
  ask(0);
  time.advance(60_000);
  want(1);
  const answer = (): unknown => leaseAnswers(ref(1)).at(-1);
  t.like(answer(), { nothingFor: [rowIndex(0)], isEndgame: false });
  t.deepEqual(ref(0).casts("revoke-lease"), []);
  ask(2, 2);
  want(1);
  t.like(answer(), { nothingFor: [rowIndex(0)], isEndgame: true });
  t.is(ref(0).casts("revoke-lease").length, 1);
});

test("pieces that no connected peer has do not delay the endgame", (t) => {
  const { ask, want, ref } = scene(["#..", "#.."]);
  ask(0);
  want(1);
  t.like(leaseAnswers(ref(1)).at(-1), { nothingFor: [rowIndex(0)], isEndgame: true });
});

test("each transfer doubles the time before a lease is revoked", (t) => {
  const { ask, giveBack, time, ref, job } = scene(["#", "#"]);
  const lease = at(ask(0).pieces, 0);
  time.advance(5_000);
  ask(1);
  giveBack(0, lease, half);
  time.advance(9_999);
  ask(0);
  t.is(ref(1).casts("revoke-lease").length, 0);
  time.advance(1);
  ask(0);
  t.is(ref(1).casts("revoke-lease").length, 1);
  t.is([...job.content.ledger.leases()][0]?.moves, 1);
});

test("a worker that keeps a lease is revoked again after half a minute", (t) => {
  const { ask, time, ref } = scene(["#", "#", "#"]);
  ask(0);
  time.advance(5_000);
  ask(1);
  time.advance(29_999);
  ask(1);
  ask(2);
  t.is(ref(0).casts("revoke-lease").length, 1);
  time.advance(1);
  ask(2);
  t.is(ref(0).casts("revoke-lease").length, 2);
});

// Pieces larger than a worker's download memory. A worker of 1 MiB has 768 KiB for downloads.
const small = { workers: 1, workerBytes: 1 << 20 };
const bigPiece = 1 << 20;

test("a piece larger than the download memory gets memory of its own", (t) => {
  const { ask } = scene(["##"], small, { pieceLengthBytes: bigPiece });
  const lease = at(ask(0).pieces, 0);
  t.is(lease.ownMemory?.memory.byteLength, bigPiece);
});

test("a piece that no extent of the download memory can hold gets memory of its own", (t) => {
  // 600 KiB fit into 768 KiB, but extents are powers of two: it takes one of 1 MiB.
  const { ask } = scene(["##"], small, { pieceLengthBytes: 600 * 1024 });
  t.is(at(ask(0).pieces, 0).ownMemory?.memory.byteLength, 608 * 1024);
});

test("a piece that an extent can hold gets no memory of its own", (t) => {
  const { ask } = scene(["##"], small, { pieceLengthBytes: 512 * 1024 });
  t.is(at(ask(0).pieces, 0).ownMemory, undefined);
});

test("oversized pieces are leased one at a time; a waiting worker is answered when the piece before is done", (t) => {
  const { ask, want, giveBack, ref, time } = scene(["###"], small, { pieceLengthBytes: bigPiece });
  const first = ask(0, 3).pieces;
  t.is(first.length, 1);
  want(0, 3);
  t.is(leaseAnswers(ref(0)).length, 1, "not answered yet");
  giveBack(0, at(first, 0));
  time.endTurn();
  t.is(leaseAnswers(ref(0))[1]?.pieces.length, 1);
});

test("a peer that needs nothing is answered at once, large piece or not", (t) => {
  const { ask } = scene(
    ["#.", ".."],
    { workers: 2, workerBytes: 1 << 20 },
    { pieceLengthBytes: bigPiece },
  );
  ask(0);
  t.deepEqual(ask(1), { pieces: [], nothing: true });
});

test("a transferred oversized piece is read from its own memory", (t) => {
  const workerBytes = 1 << 20;
  const { ask, giveBack, ref } = scene(["#", "#"], { workerBytes }, { pieceLengthBytes: bigPiece });
  const lease = at(ask(0).pieces, 0);
  giveBack(0, lease, { offset: 0, received: Uint8Array.of(1) });
  const moved = at(at(leaseAnswers(ref(1)), 0).pieces, 0);
  t.is(moved.transferred?.memory, lease.ownMemory?.memory);
  t.not(moved.ownMemory?.memory, lease.ownMemory?.memory);
});

test("a job keeps no trace of finished transfers", (t) => {
  const { ask, engine, giveBack, ref, job } = scene(["#", "#"]);
  giveBack(0, at(ask(0).pieces, 0), half);
  t.is(job.content.transfers.size, 1);
  const { lease } = at(at(leaseAnswers(ref(1)), 0).pieces, 0);
  transferTaken(engine, job, { torrent: job.id, lease });
  t.is(job.content.transfers.size, 0);
});

test("a returned lease never frees the oversized piece of another torrent", (t) => {
  const { ask, engine, peerWorker, addJob } = scene(["##"], small, { pieceLengthBytes: bigPiece });
  const mine = at(ask(0).pieces, 0);
  const other = addJob();
  const { lease } = other.content.ledger.grant(piece(0), 0, 0);
  t.not(lease, mine.lease, "numbers are unique in the engine");
  leaseReturned(engine, other, peerWorker(0), { torrent: other.id, piece: piece(0), lease });
  t.true(engine.memory.oversizedPieces.isTaken);
});

test("a transferred piece on its way to a crashed worker is released", (t) => {
  const { ask, giveBack, ref, peerWorker, job } = scene(["#", "#", "#"]);
  const old = at(ask(0).pieces, 0);
  giveBack(0, old, half);
  t.is([...job.content.ledger.leases()][0]?.worker, 1);
  forgetTransfers(job, peerWorker(2));
  t.deepEqual(ref(0).casts("transferred-piece-taken"), [], "another worker's end changes nothing");
  job.content.ledger.releaseWorker(1);
  forgetTransfers(job, peerWorker(1));
  t.deepEqual(ref(0).casts("transferred-piece-taken"), [{ torrent: job.id, lease: old.lease }]);
  t.is(job.content.transfers.size, 0);
});

test("a transferred piece in the memory of a crashed worker is forgotten", (t) => {
  const { ask, giveBack, ref, peerWorker, job } = scene(["#", "#"]);
  giveBack(0, at(ask(0).pieces, 0), half);
  forgetTransfers(job, peerWorker(0));
  t.is(job.content.transfers.size, 0);
  t.deepEqual(ref(0).casts("transferred-piece-taken"), []);
});

test("for a peer without a missing piece no piece is chosen", (t) => {
  const { ask, job } = scene(["..", "##"]);
  const { picker } = job.content;
  const pick = picker.pick.bind(picker);
  let picks = 0;
  picker.pick = (...question) => {
    picks++;
    return pick(...question);
  };
  t.deepEqual(ask(0), { pieces: [], nothing: true });
  t.is(picks, 0);
  t.is(ask(1).pieces.length, 1);
  t.is(picks, 1);
});
