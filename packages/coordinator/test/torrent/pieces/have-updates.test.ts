import test from "ava";
import { isCompletionNews } from "../../../src/torrent/lifecycle/run.ts";
import { markPieceHad, markPiecesLost } from "../../../src/torrent/pieces/have-updates.ts";
import { piecesWanted } from "../../../src/torrent/pieces/piece-leases.ts";
import { leaseAnswers, makeScene, showPeer, rowIndex } from "../../support/engine-scene.ts";
import { draw, piece } from "../../support/diagrams.ts";

/** A seed of ten pieces: rarity and not chance decides what is picked. */
function scene() {
  const made = makeScene();
  const job = made.addJob({ pieces: 10 });
  for (let index = 0; index < 10; index++) job.content.ledger.toHad(piece(index));
  job.life.dispatch({ event: "all-had", run: job.life.runs, isSeed: true, nowMs: 0 });
  made.file.sent.length = 0;
  showPeer(job, { worker: 0, rowIndex: 0 }, "##########");
  return {
    ...made,
    job,
    leased: () => {
      piecesWanted(made.engine, job, made.peerWorker(0), {
        peers: [{ peer: rowIndex(0), count: 10 }],
      });
      return (leaseAnswers(made.ref(0)).at(-1)?.pieces ?? []).map((lease) => Number(lease.piece));
    },
  };
}

test("E16: lost pieces are missing in the record and at the workers at once, and are fetched again at once", (t) => {
  const { engine, job, file, ref, leased } = scene();
  job.content.ledger.toLost(piece(0));
  t.deepEqual(leased(), [0], "the others are in no order of what to fetch");
  markPiecesLost(engine, job, [piece(3), piece(7)]);
  t.is(draw(job.content.ledger), "L##.###.##");
  t.deepEqual(
    file.casts("save-job").map(({ lost }) => lost),
    [[3, 7]],
    "whatever else is being looked at",
  );
  t.deepEqual(ref(0).casts("pieces-lost"), [{ torrent: job.id, pieces: [piece(3), piece(7)] }]);
  t.true(isCompletionNews(job.life.run, false), "its end will be told again");
  t.deepEqual(leased(), [3, 7]);
});

test("E16: a piece that is lost before its `have` was sent is not announced", (t) => {
  const { engine, job, ref, peerWorker } = scene();
  job.content.ledger.toLost(piece(5));
  markPieceHad(engine, job, piece(5));
  markPiecesLost(engine, job, [piece(5)]);
  peerWorker(0).flushHad();
  t.deepEqual(
    ref(0)
      .casts("pieces-had")
      .flatMap(({ pieces }) => [...pieces]),
    [],
  );
  t.deepEqual(ref(0).casts("piece-failed"), [{ torrent: job.id, piece: piece(5) }]);
});

test("pieces that were not had cannot be lost", (t) => {
  const { engine, job, file } = scene();
  job.content.ledger.toLost(piece(5));
  markPiecesLost(engine, job, [piece(5)]);
  t.deepEqual(file.casts("save-job"), []);
});
