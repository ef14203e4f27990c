import test from "ava";
import { Total } from "@troupe/messages";
import { tick } from "../../../src/engine/tick.ts";
import { leaseReturned, piecesWanted } from "../../../src/torrent/pieces/piece-leases.ts";
import type { JobWithContent } from "../../../src/torrent/torrent-job.ts";
import { leaseAnswers, at, makeScene, showPeer, rowIndex } from "../../support/engine-scene.ts";

const bigPiece = { pieceLengthBytes: 1 << 20 };

/** Two torrents with pieces for which there is memory of their own only; each has a peer at every worker. */
function scene({ workers = 1 } = {}) {
  const made = makeScene({ workers, workerBytes: 1 << 20 });
  const { engine, time } = made;
  const [one, two] = [made.addJob(bigPiece), made.addJob(bigPiece)];
  for (let worker = 0; worker < workers; worker++) {
    for (const job of [one, two]) showPeer(job, { worker, rowIndex: 0 }, "####");
  }
  const leased = (job: JobWithContent, worker = 0) =>
    leaseAnswers(made.ref(worker))
      .filter(({ torrent }) => torrent === job.id)
      .flatMap(({ pieces }) => pieces);
  return {
    ...made,
    one,
    two,
    leased,
    ask: (job: JobWithContent, worker = 0) =>
      piecesWanted(engine, job, made.peerWorker(worker), {
        peers: [{ peer: rowIndex(0), count: 1 }],
      }),
    giveBack(job: JobWithContent, worker = 0) {
      const { piece, lease } = at(leased(job, worker), 0);
      const transferred = { offset: 0, received: Uint8Array.of(1), contributors: [] };
      leaseReturned(engine, job, made.peerWorker(worker), {
        torrent: job.id,
        piece,
        lease,
        transferred,
      });
      time.endTurn();
    },
    pass(seconds: number) {
      for (let ticks = 0; ticks < 4 * seconds; ticks++) {
        time.advance(250);
        tick(engine);
      }
    },
    revoked: (worker = 0) => made.ref(worker).casts("revoke-lease").length,
  };
}

test("a waiting worker gets the next oversized piece, also for another torrent", (t) => {
  const { one, two, ask, giveBack, leased } = scene();
  ask(one);
  ask(two);
  t.is(leased(two).length, 0);
  giveBack(one);
  t.is(leased(two).length, 1);
});

test("a holder without a byte for a minute loses its lease while another worker waits", (t) => {
  const { one, two, ask, pass, revoked } = scene();
  ask(one);
  pass(120);
  t.is(revoked(), 0, "nobody waits");
  ask(one);
  pass(120);
  t.is(revoked(), 0, "it waits for itself");
  ask(two);
  pass(59);
  t.is(revoked(), 0);
  pass(3);
  t.is(revoked(), 1);
});

test("a holder that receives bytes keeps its piece", (t) => {
  const { one, two, ask, pass, revoked } = scene();
  ask(one);
  ask(two);
  for (let minute = 0; minute < 3; minute++) {
    pass(50);
    at(one.content.traffic.tables, 0).totals[Total.downloadedBytes] = 16_384 * (minute + 1);
  }
  t.is(revoked(), 0);
});

test("arrived blocks go to the first waiting worker if it waits for the same torrent, else they are abandoned", (t) => {
  const { one, two, ask, giveBack, leased, ref } = scene({ workers: 2 });
  ask(one, 0);
  ask(two, 1);
  giveBack(one, 0);
  t.is(ref(0).casts("transferred-piece-taken").length, 1);
  t.is(leased(two, 1).length, 1);
  ask(two, 0);
  giveBack(two, 1);
  t.not(at(leased(two, 0), 0).transferred, undefined);
});

test("a torrent that is stopped neither holds the memory nor waits for it", async (t) => {
  const { engine, one, two, ask, leased, time } = scene();
  ask(one);
  ask(two);
  await two.life.stop();
  await one.life.stop();
  time.endTurn();
  t.is(leased(two).length, 0);
  t.false(engine.memory.oversizedPieces.isTaken);
});
