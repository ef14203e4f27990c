import test from "ava";
import { settle } from "@troupe/actor-runtime/testing";
import type { TorrentModules } from "@troupe/messages";
import type { PieceIndex } from "@troupe/protocol/units";
import { mostHashers } from "../../../src/engine/base/hashers.ts";
import { piecesSealed } from "../../../src/torrent/pieces/sealed-pieces.ts";
import { piecesWritten } from "../../../src/torrent/pieces/written-pieces.ts";
import { forgetSuspects } from "../../../src/torrent/checks/suspect-pieces.ts";
import { setModules } from "../../../src/torrent/plugins/set-modules.ts";
import { draw, piece } from "../../support/diagrams.ts";
import { makeScene, sealedPiece, type JobOptions } from "../../support/engine-scene.ts";

const url = "file:///hasher.mjs";

/** A hasher that answers with these numbers, one after the other: piece n has the hash n in each byte. */
function scene(options: JobOptions = {}) {
  const made = makeScene();
  const job = made.addJob({ pieces: 5, ...options });
  const { moduleExports } = made.engine.context as unknown as {
    moduleExports: Map<string, unknown>;
  };
  const answers: number[] = [];
  const asked: number[] = [];
  const hasher = {
    hash: ({ length }: Uint8Array) => {
      asked.push(length);
      return new Uint8Array(20).fill(answers.shift() ?? 255);
    },
  };
  moduleExports.set(url, () => hasher);
  return {
    ...made,
    ...{ answers, asked, job, moduleExports },
    async choose(modules: TorrentModules): Promise<void> {
      setModules(made.engine, job, { torrent: job.id, modules });
      await settle();
    },
    async seal(index: PieceIndex): Promise<void> {
      const { lease } = job.content.ledger.grant(index, 0, 0);
      const { slab } = made.peerWorker(0);
      if (slab === undefined) throw new Error("no slab");
      const sealed = sealedPiece(job, { piece: index, lease, slab: slab.id });
      piecesSealed(made.engine, job, made.peerWorker(0), sealed);
      await settle();
    },
    /** Our own pool finds the hash of this piece. */
    async own(as: number): Promise<void> {
      await made.hashings.shift()?.give(as);
      await settle();
    },
    written: (index: PieceIndex) =>
      piecesWritten(made.engine, job.disk, { torrent: job.id, pieces: [index] }),
    doubted: () => made.file.casts("save-job").map(({ doubted }) => doubted),
  };
}

test("AE27: a hasher hashes the sealed pieces of its torrent until it is taken away", async (t) => {
  const { answers, asked, choose, hashings, job, own, seal } = scene();
  await choose({ hasher: url });
  answers.push(0, 1);
  await seal(piece(0));
  await own(0);
  await seal(piece(1));
  t.is(asked.length, 2);
  t.is(hashings.length, 0, "our own hash was taken of the first piece alone");
  t.is(draw(job.content.ledger), "ww...");
  await choose({});
  await seal(piece(2));
  t.is(asked.length, 2);
  await own(2);
  t.is(draw(job.content.ledger), "www..");
});

test("AE27: after a wrong hash no piece of the torrent is had, written ones neither, and the record doubts them", async (t) => {
  const { answers, choose, doubted, events, job, own, ref, seal, written } = scene();
  const { checks, ledger } = job.content;
  ledger.toHad(piece(4));
  await choose({ hasher: url });
  answers.push(0, 1, 7);
  await seal(piece(0));
  await own(0);
  await seal(piece(1));
  written(piece(0));
  t.is(draw(ledger), "#w..#");
  await seal(piece(2));
  await own(2);
  t.is(job.fault?.code, "hasher-wrong");
  t.is(
    job.fault?.message,
    `cannot verify pieces of drawn: the hasher ${url} gave the hash ${"07".repeat(20)} for piece 2, which is ${"02".repeat(20)}; the next start hashes all pieces again`,
  );
  t.is(draw(ledger), "hwh.h");
  t.deepEqual(doubted().at(-1), [0, 1, 2, 4].map(piece));
  written(piece(1));
  t.is(draw(ledger), "hhh.h");
  t.is(ledger.hadCount, 0);
  t.deepEqual(
    ref(0).casts("piece-failed"),
    [{ torrent: job.id, piece: piece(1) }],
    "its memory is free",
  );
  t.true(job.storage.isDoubted);
  const told = events().filter(({ event }) => event === "checked");
  t.like(told, [{ isGoingOn: true, bitfield: Uint8Array.of(0) }]);
  // Our own hash of the piece counts.
  await own(2);
  t.is(draw(ledger), "hhw.h");
  forgetSuspects(job.content);
  t.is(draw(ledger), "..w..");
  t.deepEqual([...checks.unproven], [piece(2)], "its write is from before the start");
});

test("AE27: a hasher that throws gives its torrent the error `hasher-wrong`", async (t) => {
  const { choose, job, moduleExports, own, seal } = scene();
  const hash = () => {
    throw new RangeError("no");
  };
  moduleExports.set(url, () => ({ hash }));
  await choose({ hasher: url });
  await seal(piece(0));
  t.is(job.fault?.code, "hasher-wrong");
  t.regex(job.fault?.message ?? "", /the hasher file:\/\/\/hasher\.mjs threw RangeError: no; the/);
  await own(0);
  t.is(draw(job.content.ledger), "w....");
});

test("AE27: a hasher of a torrent of version 2, and one that is no hasher, give the error `strategy-failed`", async (t) => {
  const second = scene({ layers: "known" });
  await second.choose({ hasher: url });
  t.like(second.job.fault, {
    code: "strategy-failed",
    message: `cannot load a module of drawn: the hasher ${url} hashes torrents of version 1 alone, and this one is of version 2`,
  });
  const wrong = scene();
  wrong.moduleExports.set(url, 4);
  await wrong.choose({ hasher: url });
  t.like(wrong.job.fault, {
    code: "strategy-failed",
    message: `cannot load a module of drawn: the hasher ${url} has no function as its default export`,
  });
  for (let other = 0; other < mostHashers; other++)
    t.not(wrong.engine.hashers.take(`file:///${other}`, wrong.job.id), undefined);
});

test("AE27: a fifth hasher gives its torrent the error `strategy-failed`", async (t) => {
  const { choose, engine, job } = scene();
  for (let other = 0; other < mostHashers; other++) engine.hashers.take(`file:///${other}`, job.id);
  await choose({ hasher: url });
  t.like(job.fault, {
    code: "strategy-failed",
    message: `cannot load a module of drawn: the hasher ${url} is one too many: 4 others are open, and 4 are allowed`,
  });
});
