import test from "ava";
import { settle } from "@troupe/actor-runtime/testing";
import { completeTorrent } from "../../../src/torrent/lifecycle/completion.ts";
import { setPriorities } from "../../../src/torrent/pieces/set-priorities.ts";
import { completeIfWhole } from "../../../src/torrent/pieces/have-updates.ts";
import { leaseReturned, piecesWanted } from "../../../src/torrent/pieces/piece-leases.ts";
import { progressOf } from "../../../src/torrent/report/status.ts";
import {
  leaseAnswers,
  at,
  makeScene,
  showPeer,
  rowIndex,
  type JobOptions,
} from "../../support/engine-scene.ts";
import { piece } from "../../support/diagrams.ts";

const pieceBytes = 32_768;
/** Files of two pieces each, but for the last, which shares its first piece with the one before. */
const threeFiles = [2 * pieceBytes, 1.5 * pieceBytes, 2.5 * pieceBytes];

function scene({ workers = 1, ...options }: JobOptions & { readonly workers?: number } = {}) {
  const made = makeScene({ workers });
  const job = made.addJob({ pieces: 6, files: threeFiles, ...options });
  const want = (...list: number[]) => {
    const priorities = list.map((priority, file) => ({ file, priority }));
    setPriorities(made.engine, job, { torrent: job.id, priorities });
  };
  const leased = (count: number): number[] => {
    piecesWanted(made.engine, job, made.peerWorker(0), { peers: [{ peer: rowIndex(0), count }] });
    const answers = leaseAnswers(made.ref(0));
    return (answers.at(-1)?.pieces ?? []).map((lease) => lease.piece);
  };
  return { ...made, job, want, leased };
}

/** Four pieces had: rarity and priority decide, not chance. */
const settled = { pieces: 13, files: [4, 3, 3, 3].map((pieces) => pieces * pieceBytes) };

test("AE21, E08: the next lease follows a changed priority", (t) => {
  const { job, want, leased } = scene(settled);
  showPeer(job, { worker: 0, rowIndex: 0 }, "#############");
  for (let index = 0; index < 4; index++) job.content.ledger.toHad(piece(index));
  const ascending = (pieces: number[]) => pieces.toSorted((one, other) => one - other);
  want(1, 1, 1000, 2);
  t.deepEqual(ascending(leased(3)), [7, 8, 9]);
  want(1, 1000, 1, 2);
  t.deepEqual(ascending(leased(3)), [4, 5, 6]);
  t.deepEqual(ascending(leased(3)), [10, 11, 12]);
});

test("AE21: a file with priority 0 is never leased, except for its shared piece", (t) => {
  const { job, want, leased, ref } = scene();
  showPeer(job, { worker: 0, rowIndex: 0 }, "######");
  want(0, 1, 0);
  t.deepEqual(leased(10).toSorted(), [2, 3]);
  t.deepEqual(leased(10), []);
  t.deepEqual(leaseAnswers(ref(0)).at(-1)?.nothingFor, [rowIndex(0)]);
});

test("AE21: leases of pieces that are not wanted any more are revoked and not leased again", (t) => {
  const { engine, job, want, leased, ref, peerWorker } = scene({ workers: 2 });
  showPeer(job, { worker: 0, rowIndex: 0 }, "######");
  showPeer(job, { worker: 1, rowIndex: 0 }, "######");
  leased(6);
  want(0, 1, 1);
  const asked = ref(0).casts("revoke-lease");
  t.deepEqual(asked.map((revoked) => revoked.piece).toSorted(), [piece(0), piece(1)]);
  const { lease } = at(asked, 0);
  const returned = { torrent: job.id, piece: at(asked, 0).piece, lease };
  leaseReturned(engine, job, peerWorker(0), {
    ...returned,
    transferred: { offset: 0, received: Uint8Array.of(1, 0), contributors: [] },
  });
  t.deepEqual(leaseAnswers(ref(1)), []);
  t.deepEqual(ref(0).casts("transferred-piece-taken"), [{ torrent: job.id, lease }]);
});

test("AE18: workers get the wanted pieces, also when all are wanted again", (t) => {
  const { job, want, ref } = scene();
  want(0, 1, 0);
  want(0, 5, 0);
  want(1, 1, 1);
  t.deepEqual(ref(0).casts("set-wanted"), [
    { torrent: job.id, wanted: Uint8Array.of(0b0011_0000) },
    { torrent: job.id },
  ]);
});

test("AE16: `left` counts wanted bytes, and the tracker gets the number for the whole torrent", (t) => {
  const { job, want } = scene();
  want(0, 1, 0);
  t.is(job.content.ledger.leftBytes, 2 * pieceBytes);
  t.is(job.content.missingBytes, 6 * pieceBytes);
  t.like(progressOf(job), { haveBytes: 0, wantedBytes: 2 * pieceBytes });
  job.content.ledger.toHad(piece(0));
  t.like(progressOf(job), { haveBytes: pieceBytes, wantedBytes: 3 * pieceBytes });
});

test("AE19: a torrent is complete when all wanted pieces are had, a seed when all pieces are", async (t) => {
  const { engine, job, want, events, gather } = scene();
  let completed = 0;
  let requested = 0;
  job.announcer = {
    announceForPeers: () => {},
    request: () => void requested++,
    completed: () => completed++,
  } as unknown as typeof job.announcer;
  for (const index of [2, 3]) job.content.ledger.toHad(piece(index));
  want(0, 1, 0);
  await settle();
  gather();
  t.true(job.content.ledger.isComplete);
  t.false(job.content.ledger.isSeed);
  t.is(events().filter(({ event }) => event === "complete").length, 1);
  t.is(completed, 0);
  t.is(requested, 0);

  want(1, 1, 1);
  t.is(requested, 1, "it was a seed, whose next announce is far");
  want(1, 1, 2);
  t.is(requested, 1);
  t.false(job.content.ledger.isComplete);
  await settle();
  for (const index of [0, 1, 4, 5]) job.content.ledger.toHad(piece(index));
  await completeTorrent(engine, job);
  await completeTorrent(engine, job);
  gather();
  t.true(job.content.ledger.isSeed);
  t.is(events().filter(({ event }) => event === "complete").length, 2);
  t.is(completed, 1);
});

test("priorities of a running torrent are plain data that another call accepts", (t) => {
  const { job, want, addJob } = scene();
  want(0, 7, 1);
  t.deepEqual(job.content.files.list(), [0, 7, 1]);
  const again = addJob({ pieces: 6, files: threeFiles, priorities: job.content.files.list() });
  t.deepEqual([...again.content.ledger.priorities], [...job.content.ledger.priorities]);
  t.is(again.content.ledger.leftBytes, job.content.ledger.leftBytes);
});

test("a priority out of range, or of a file that does not exist, changes nothing", (t) => {
  const { engine, job } = scene();
  const before = job.content.files.list();
  setPriorities(engine, job, {
    torrent: job.id,
    priorities: [
      { file: 0, priority: -1 },
      { file: 0, priority: 65_536 },
      { file: 3, priority: 1 },
    ],
  });
  t.deepEqual(job.content.files.list(), before);
});

test("an empty file that becomes wanted when no piece is missing is made", async (t) => {
  const { job, want, file } = scene({ files: [6 * pieceBytes, 0], priorities: [1, 0] });
  for (let index = 0; index < 6; index++) job.content.ledger.toHad(piece(index));
  job.life.dispatch({ event: "all-had", run: job.life.runs, isSeed: true, nowMs: 0 });
  job.storage.settledUnwanted = [1];
  want(1, 1);
  await settle();
  t.deepEqual(
    file.sent.filter(({ kind }) => kind === "call").map(({ name }) => name),
    ["settle-part-file", "complete-storage"],
  );
});

test("AE19: a torrent is not complete before wanted bytes have moved out of the part file", async (t) => {
  const { engine, job, want, file, events, gather } = scene({ priorities: [0, 1, 1] });
  const moved = Promise.withResolvers<{}>();
  file.answer = (name) => (name === "settle-part-file" ? moved.promise : {});
  for (let index = 0; index < 6; index++) job.content.ledger.toHad(piece(index));
  job.storage.settledUnwanted = [0];
  want(1, 1, 1);
  want(2, 1, 1);
  completeIfWhole(engine, job);
  await settle();
  gather();
  t.is(events().filter(({ event }) => event === "complete").length, 0);
  t.is(file.calls("settle-part-file").length, 1);
  moved.resolve({});
  await settle();
  gather();
  t.is(events().filter(({ event }) => event === "complete").length, 1);
  t.is(file.calls("complete-storage").length, 1);
});
