import test from "ava";
import { PeerFlag } from "@troupe/messages";
import type { PieceIndex } from "@troupe/protocol/units";
import { openAtWorker } from "../../../src/torrent/join-swarm.ts";
import { statusOf } from "../../../src/torrent/report/status.ts";
import { tickSuperSeeding } from "../../../src/torrent/super-seeding/handlers.ts";
import { changeJob, showPeer } from "../../support/engine-scene.ts";
import { peerScene } from "../../support/peer-scene.ts";

/** A torrent of two workers that lacks its last piece, or is a seed. */
function scene({ isSeed = true } = {}) {
  const made = peerScene({ workers: 2 }, { pieces: 8 });
  const { engine, job, time } = made;
  const { ledger } = job.content;
  const getPiece = (piece: number): void => ledger.toHad(piece as PieceIndex);
  for (let piece = 0; piece < (isSeed ? 8 : 7); piece++) getPiece(piece);
  return {
    ...made,
    getPiece,
    choose: (isOn: boolean) => changeJob(engine, job, { superSeed: isOn }),
    /** @param knowsShownOnly The flag that the peer-worker sets. */
    connect(
      name: string,
      place: number,
      worker: number,
      knowsShownOnly = job.superSeed.isOn,
    ): void {
      made.admit(name, {}, worker);
      made.open(name, place, {}, worker);
      showPeer(job, { worker, rowIndex: place }, "........");
      const row = job.content.traffic.row(worker, place);
      row?.setFlag(PeerFlag.knowsShownOnly, knowsShownOnly);
    },
    /** @returns The peers that were shown pieces, as `worker/row`, and how many. */
    tick(): readonly string[] {
      const before = made.refs.map((ref) => ref.casts("show-pieces").length);
      time.advance(250);
      tickSuperSeeding(engine, job);
      return made.refs.flatMap((ref, worker) =>
        ref
          .casts("show-pieces")
          .slice(before[worker])
          .map(({ peer, pieces }) => `${worker}/${peer}: ${pieces.length}`),
      );
    },
    /** The last `set-super-seeding` of each worker. */
    told: () => made.refs.map((ref) => ref.casts("set-super-seeding").at(-1)?.isOn),
    isRecorded: () => job.request.settings.superSeed === true,
  };
}

test("B08: a seed begins at once, and shows each new peer two pieces", (t) => {
  const { choose, connect, engine, job, tick, told } = scene();
  t.deepEqual(tick(), []);
  choose(true);
  t.deepEqual(told(), [true, true]);
  t.true(statusOf(engine, job).isSuperSeeding);
  connect("one", 0, 0);
  connect("two", 3, 1);
  t.deepEqual(tick(), ["0/0: 2", "1/3: 2"]);
  t.deepEqual(tick(), []);
});

test("B08: a peer that connected before the metadata came knows of nothing, and is shown pieces", (t) => {
  const { choose, connect, tick } = scene();
  connect("one", 0, 0, true);
  choose(true);
  t.deepEqual(tick(), ["0/0: 2"]);
});

test("B08: a download begins with its last piece", (t) => {
  const { choose, connect, getPiece, tick, told } = scene({ isSeed: false });
  choose(true);
  connect("one", 0, 0);
  t.deepEqual(tick(), []);
  t.deepEqual(told(), [undefined, undefined]);
  getPiece(7);
  t.deepEqual(tick(), [], "the peer was connected before, and knows all pieces");
  t.deepEqual(told(), [true, true]);
  connect("two", 1, 1);
  t.deepEqual(tick(), ["1/1: 2"]);
});

test("B08: another seed ends super-seeding for this run and later runs", (t) => {
  const { choose, close, connect, engine, isRecorded, job, tick, told } = scene();
  choose(true);
  t.true(isRecorded());
  connect("one", 0, 0);
  connect("two", 0, 1);
  close(0, { reason: "closed-by-peer" });
  t.true(isRecorded());
  close(0, { reason: "both-seeds" }, 1);
  t.deepEqual(told(), [false, false]);
  t.false(isRecorded());
  t.deepEqual(tick(), []);
  t.is(statusOf(engine, job).isSuperSeeding, undefined);
});

test("B08: a web seed that is closed with the last piece is no other seed", (t) => {
  const { admit, choose, close, job, open } = scene();
  choose(true);
  admit("web", { webSeed: 1 });
  open("web", 0, { webSeed: 1 });
  close(0, { reason: "both-seeds", webSeed: 1 });
  t.true(job.superSeed.isOn);
});

test("B08: the user ends super-seeding; a new worker learns the state at its start", (t) => {
  const { choose, engine, job, peerWorker, ref, told } = scene();
  choose(true);
  openAtWorker(engine, job, peerWorker(0));
  t.true(ref(0).casts("open-torrent").at(-1)?.isSuperSeeding);
  choose(false);
  t.deepEqual(told(), [false, false]);
  openAtWorker(engine, job, peerWorker(0));
  t.false(ref(0).casts("open-torrent").at(-1)?.isSuperSeeding);
});
