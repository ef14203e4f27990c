import test from "ava";
import type { LeaseId } from "@troupe/messages";
import { PieceHashes } from "@troupe/protocol/metainfo";
import type { PieceIndex } from "@troupe/protocol/units";
import { settle } from "@troupe/actor-runtime/testing";
import { piecesSealed } from "../../../src/torrent/pieces/sealed-pieces.ts";
import { pieceNotWritten, piecesWritten } from "../../../src/torrent/pieces/written-pieces.ts";
import { admitPeer, peerClosed, peerOpened } from "../../../src/torrent/swarm/peers.ts";
import type { TorrentJob } from "../../../src/torrent/torrent-job.ts";
import { draw, piece } from "../../support/diagrams.ts";
import { writtenPieces } from "../../support/written-pieces.ts";
import {
  idBytes,
  leaseNumber,
  makeScene,
  sealedPiece,
  type SealedFields,
  rowIndex,
  type JobOptions,
  type SceneOptions,
  putIn,
} from "../../support/engine-scene.ts";

function scene(sceneOptions: SceneOptions = {}, jobOptions: JobOptions = {}) {
  const made = makeScene(sceneOptions);
  const { engine, hashings } = made;
  const job = made.addJob(jobOptions);
  const slabOf = (worker: number) => {
    const { slab } = made.peerWorker(worker);
    if (slab === undefined) throw new Error("no slab");
    return slab;
  };
  return {
    ...made,
    job,
    slabOf,
    /** A peer with one address a slot. */
    connect(place: number, name = `peer ${place}`, host = `8.0.0.${place}`) {
      const peer = { torrent: job.id, peerId: idBytes(name), host, port: 6881, isIncoming: false };
      admitPeer(engine, job, made.peerWorker(0), peer);
      peerOpened(engine, job, made.peerWorker(0), { ...peer, peer: rowIndex(place) });
    },
    disconnect(place: number) {
      peerClosed(engine, job, made.peerWorker(0), {
        torrent: job.id,
        peer: rowIndex(place),
        host: `8.0.0.${place}`,
        port: 6881,
        isIncoming: false,
        reason: "closed-by-peer",
        isFault: false,
        downloadedBytes: 0,
        uploadedBytes: 0,
      });
    },
    /** A worker leases and seals a piece. */
    seal(index: PieceIndex, fields: Partial<SealedFields> = {}, worker = 0, leasedAtMs = 0) {
      const { lease } = job.content.ledger.grant(index, worker, leasedAtMs);
      const slab = slabOf(worker).id;
      const sealed = sealedPiece(job, { piece: index, lease, slab, ...fields });
      piecesSealed(engine, job, made.peerWorker(worker), sealed);
      return sealed;
    },
    /**
     * The hash pool answers the oldest question: the piece is good, or has the bytes of another. Asked for its blocks too,
     * it finds the same, or `again`, and these.
     */
    async hashed(as: number, blocks: readonly number[] = [], again = as) {
      await hashings.shift()?.give(as);
      await settle();
      const at = hashings.findIndex(({ hasParts }) => hasParts);
      if (at < 0) return;
      await hashings.splice(at, 1)[0]?.give(again, blocks);
      await settle();
    },
    isBanned: (place: number) => job.directory.isBanned(`8.0.0.${place}`, 6881, made.time.nowMs()),
    written: (index: PieceIndex) =>
      piecesWritten(engine, job.disk, { torrent: job.id, pieces: [index] }),
    refused: (index: PieceIndex, code = "ENOSPC") =>
      pieceNotWritten(engine, job.disk, {
        torrent: job.id,
        piece: index,
        refused: code,
        message: "no",
      }),
    writes: () => {
      made.time.endTurn();
      return writtenPieces(made.file);
    },
    told: (name: "piece-failed" | "pieces-had", worker = 0) => made.ref(worker).casts(name),
  };
}

/** A peer that has disconnected. */
const gone = { host: "8.0.0.9", port: 6881, peerId: idBytes("peer 9") };

const holder = ({ id }: TorrentJob, lease: LeaseId) => ({
  torrent: id,
  piece: piece(0),
  lease,
  worker: 0,
});

test("a sealed piece is hashed, then written, and only then had", async (t) => {
  const { seal, hashed, written, writes, job, told, time } = scene();
  seal(piece(1));
  t.is(draw(job.content.ledger), ".h..");
  t.deepEqual(writes(), []);
  await hashed(1);
  t.is(draw(job.content.ledger), ".w..");
  t.deepEqual(writes(), [piece(1)]);
  t.false(job.content.ledger.map.has(1), "the hash alone is not enough");
  written(piece(1));
  t.is(draw(job.content.ledger), ".#..");
  t.true(job.content.ledger.map.has(1));
  t.deepEqual(told("pieces-had"), []);
  time.endTurn();
  t.deepEqual(told("pieces-had"), [{ torrent: job.id, pieces: [piece(1)] }]);
});

test("a piece that finds no file descriptor is offered to the disk again each second, and is not lost", async (t) => {
  const { job, seal, hashed, refused, written, writes, time, gather, events } = scene();
  seal(piece(1));
  await hashed(1);
  for (let second = 1; second <= 5; second++) {
    refused(piece(1), second % 2 === 0 ? "EMFILE" : "ENFILE");
    time.advance(1_000);
    t.is(writes().length, 1 + second);
  }
  written(piece(1));
  t.true(job.content.ledger.map.has(1));
  gather();
  t.is(job.state, "active");
  t.deepEqual(
    events().flatMap((event) => (event.event === "warning" ? [event.code] : [])),
    ["files-short"],
  );
});

test("without a file descriptor for twenty seconds the torrent fails", async (t) => {
  const { job, seal, hashed, refused, time } = scene();
  seal(piece(1));
  await hashed(1);
  for (let second = 0; second < 20; second++) {
    refused(piece(1), "EMFILE");
    t.is(job.state, "active");
    time.advance(1_000);
  }
  refused(piece(1), "EMFILE");
  t.is(job.state, "error");
  t.is(job.fault?.code, "EMFILE");
  t.is(draw(job.content.ledger), "....");
});

test("a torrent that stops while it waits for a file descriptor releases its piece", async (t) => {
  const { job, seal, hashed, refused, writes, time } = scene();
  seal(piece(1));
  await hashed(1);
  refused(piece(1), "EMFILE");
  putIn(job, "stopped");
  time.advance(1_000);
  t.is(writes().length, 1);
  t.is(draw(job.content.ledger), "....");
});

test("a good piece of a web seed ends the row of refusals of its files", async (t) => {
  const options = { webSeeds: ["http://a.example/"], files: [65_536, 65_536] };
  const { job, seal, hashed, time } = scene({}, options);
  const [seed] = job.content.webSeeds.list;
  if (seed === undefined) throw new Error("no web seed");
  const refuse = () => {
    for (const file of [0, 1])
      seed.lackedFiles.addRefused(file, "HTTP status 416", true, time.nowMs());
  };
  refuse();
  time.advance(2_000);
  seal(piece(1), { contributors: [{ ...gone, peerId: seed.peerId }] });
  await hashed(1);
  refuse();
  time.advance(2_000);
  t.deepEqual(seed.lackedFiles.at(time.nowMs()), [1]);
});

test("AE4: the event `piece` is emitted when the piece is written, with the time until its hash and its contributors", async (t) => {
  const { connect, seal, hashed, written, gather, events, job, time } = scene();
  connect(0);
  connect(1);
  gather();
  const earlier = events().length;
  const leasedAtMs = time.nowMs();
  const contributors = [rowIndex(1), rowIndex(0), { ...gone, host: "8.0.0.1" }, gone];
  seal(piece(2), { contributors, blockContributors: Uint8Array.of(0, 1) }, 0, leasedAtMs);
  time.advance(1_500);
  await hashed(2);
  time.advance(200);
  t.is(events().length, earlier);
  written(piece(2));
  gather();
  const [event] = events().slice(earlier);
  t.deepEqual(event, {
    event: "piece",
    index: 2,
    verified: true,
    tookMs: 1_500,
    contributors: [1, 0, 9].map((place) => ({ host: `8.0.0.${place}`, port: 6881 })),
  });
  t.is(job.disk.pendingWrites.size, 0);
});

test("AE4: a failed piece has the same fields, and a piece that is not written leaves no report", async (t) => {
  const { seal, hashed, refused, gather, events, job, time } = scene();
  const leasedAtMs = time.nowMs();
  seal(piece(1), { contributors: [gone] }, 0, leasedAtMs);
  time.advance(70);
  await hashed(3);
  seal(piece(2), { contributors: [gone] });
  await hashed(2);
  t.is(job.disk.pendingWrites.size, 1);
  job.life.fail({ code: "EIO", message: "broken" });
  refused(piece(2), "EIO");
  t.is(job.disk.pendingWrites.size, 0);
  gather();
  const pieces = events().filter(({ event }) => event === "piece");
  const { host, port } = gone;
  t.deepEqual(pieces, [
    { event: "piece", index: 1, verified: false, tookMs: 70, contributors: [{ host, port }] },
  ]);
});

test("a piece of padding alone with the hash of other bytes is an error, and is not tried again", async (t) => {
  const files = [40_000, 91_072];
  const { seal, hashed, job } = scene({}, { files, paddingFiles: [1] });
  seal(piece(1));
  await hashed(0);
  t.is(job.state, "active", "the piece has bytes of a file too");
  seal(piece(2));
  await hashed(0);
  t.is(job.state, "error");
  t.is(job.fault?.code, "padding-not-zero");
  t.deepEqual([...job.content.ledger.leases()], []);
});

test("case 24: a piece that is right by version 2 and wrong by version 1 is an error of the torrent, and no peer's", async (t) => {
  const { seal, hashed, connect, isBanned, job } = scene();
  const hashes = new Uint8Array(52 * job.content.metainfo.geometry.pieceCount).fill(7);
  const pieceHashes = new PieceHashes("hybrid", hashes);
  Object.assign(job.content, { metainfo: { ...job.content.metainfo, pieceHashes } });
  connect(0);
  connect(1);
  seal(piece(1));
  // The node has 32 bytes, the SHA-1 behind it 20: here the second block number begins within the SHA-1.
  await hashed(7, [7, 9]);
  t.is(job.state, "error");
  t.is(job.fault?.code, "hybrid-inconsistent");
  t.false(isBanned(0) || isBanned(1));
  t.is(job.disk.pendingWrites.size, 0);
  t.deepEqual([...job.content.ledger.leases()], []);
});

test("a piece with padding that fails its hash wastes its bytes without the padding", async (t) => {
  const { seal, hashed, job } = scene({}, { files: [40_000, 91_072], paddingFiles: [1] });
  seal(piece(1));
  await hashed(0);
  t.is(job.content.traffic.failedHashBytes, 40_000 - 32_768);
});

test("pieces written in one turn are sent to each worker in one message", async (t) => {
  const { seal, hashed, written, told, time, job } = scene({ workers: 2 });
  for (const index of [0, 1, 2]) {
    seal(piece(index));
    await hashed(index);
  }
  for (const index of [0, 1, 2]) written(piece(index));
  time.endTurn();
  const message = { torrent: job.id, pieces: [piece(0), piece(1), piece(2)] };
  t.deepEqual(told("pieces-had", 0), [message]);
  t.deepEqual(told("pieces-had", 1), [message]);
});

test("a bad piece is missing again, its bytes are wasted and nothing is written", async (t) => {
  const { seal, hashed, writes, told, gather, events, job } = scene();
  seal(piece(1));
  await hashed(3);
  t.is(draw(job.content.ledger), "....");
  t.is(job.content.traffic.failedHashBytes, 32_768);
  t.deepEqual(writes(), []);
  t.deepEqual(told("piece-failed"), [{ torrent: job.id, piece: piece(1) }]);
  gather();
  t.like(events()[0], { event: "piece", index: 1, verified: false });
  t.is(events().length, 1);
});

test("the only contributor of a bad piece is banned and closed", async (t) => {
  const { connect, seal, hashed, ref, job, time } = scene();
  connect(0);
  seal(piece(1), { contributors: [rowIndex(0)] });
  await hashed(255);
  t.true(job.directory.isBanned("8.0.0.0", 6881, time.nowMs()));
  t.deepEqual(ref(0).casts("close-peer"), [
    { torrent: job.id, peer: rowIndex(0), reason: "bad-piece" },
  ]);
});

const nobodyBanned = test.macro(async (t, fields: Partial<SealedFields>) => {
  const { connect, seal, hashed, ref, job, time } = scene();
  connect(0);
  connect(1);
  seal(piece(1), fields);
  await hashed(255);
  t.false(job.directory.isBanned("8.0.0.0", 6881, time.nowMs()));
  t.false(job.directory.isBanned("8.0.0.1", 6881, time.nowMs()));
  t.deepEqual(ref(0).casts("close-peer"), []);
});

test("neither of two contributors of a bad piece is banned", nobodyBanned, {
  contributors: [rowIndex(0), rowIndex(1)],
  blockContributors: Uint8Array.of(0, 1),
});
test("a contributor beside a disconnected one is not banned", nobodyBanned, {
  contributors: [rowIndex(0), gone],
  blockContributors: Uint8Array.of(0, 1),
});
test("a contributor beside an unknown one is not banned", nobodyBanned, {
  contributors: [rowIndex(0)],
  blockContributors: Uint8Array.of(0, 255),
});
test("without a known contributor no peer is banned", nobodyBanned, { contributors: [] });

test("the only contributor of a bad piece is banned after it has disconnected, and after it has reconnected", async (t) => {
  const { connect, seal, hashed, isBanned } = scene();
  seal(piece(1), { contributors: [gone] });
  await hashed(255);
  t.true(isBanned(9));
  connect(0);
  const before = { host: "8.0.0.0", port: 6881, peerId: idBytes("peer 0") };
  seal(piece(2), { contributors: [before, rowIndex(0)], blockContributors: Uint8Array.of(0, 1) });
  await hashed(255);
  t.true(isBanned(0), "both are the same peer");
});

test("when an attempt passes, exactly the peers whose blocks differed before are banned", async (t) => {
  const { connect, seal, hashed, isBanned, ref, job, writes } = scene();
  for (const place of [0, 1, 2]) connect(place);
  seal(piece(1), {
    contributors: [rowIndex(0), rowIndex(1)],
    blockContributors: Uint8Array.of(0, 1),
  });
  await hashed(255, [7, 66]);
  t.deepEqual(ref(0).casts("close-peer"), []);
  seal(piece(1), { contributors: [rowIndex(2)] });
  await hashed(1, [7, 8]);
  t.deepEqual([isBanned(0), isBanned(1), isBanned(2)], [false, true, false]);
  t.deepEqual(ref(0).casts("close-peer"), [
    { torrent: job.id, peer: rowIndex(1), reason: "bad-piece" },
  ]);
  t.deepEqual(writes(), [piece(1)]);
  t.true(job.content.failedAttempts.isEmpty);
});

test("a liar that has disconnected is banned by its address when an attempt passes", async (t) => {
  const { connect, disconnect, seal, hashed, isBanned, ref } = scene();
  for (const place of [0, 1]) connect(place);
  seal(piece(1), {
    contributors: [rowIndex(0), rowIndex(1)],
    blockContributors: Uint8Array.of(0, 1),
  });
  disconnect(1);
  await hashed(255, [7, 66]);
  connect(1, "innocent", "8.8.8.8");
  seal(piece(1), { contributors: [rowIndex(0)] });
  await hashed(1, [7, 8]);
  t.true(isBanned(1));
  t.deepEqual(ref(0).casts("close-peer"), [], "who is in its slot now is innocent");
});

test("a peer that sends two versions of a block is banned before an attempt has passed", async (t) => {
  const { connect, seal, hashed, isBanned } = scene();
  for (const place of [0, 1, 2]) connect(place);
  seal(piece(1), {
    contributors: [rowIndex(0), rowIndex(1)],
    blockContributors: Uint8Array.of(0, 1),
  });
  await hashed(255, [7, 66]);
  seal(piece(1), {
    contributors: [rowIndex(1), rowIndex(2)],
    blockContributors: Uint8Array.of(1, 0),
  });
  await hashed(255, [7, 67]);
  t.deepEqual([isBanned(0), isBanned(1), isBanned(2)], [false, true, false]);
});

test("a piece that a hash thread misjudged is hashed again, and no peer is banned", async (t) => {
  const { connect, seal, hashed, isBanned, writes } = scene();
  connect(0);
  seal(piece(1), { contributors: [rowIndex(0)] });
  await hashed(255, [7, 8], 1);
  t.false(isBanned(0));
  t.deepEqual(writes(), [piece(1)]);
});

test("a ban is reported once, with the address, to the user and in the log", async (t) => {
  const { connect, seal, hashed, gather, events, logged, job } = scene();
  connect(0);
  for (const index of [1, 2]) {
    seal(piece(index), { contributors: [rowIndex(0)] });
    await hashed(255);
  }
  gather();
  const message = "8.0.0.0:6881 sent wrong data and is not asked again for an hour";
  t.deepEqual(
    events().filter(({ event }) => event === "warning"),
    [{ event: "warning", code: "peer-banned", message }],
  );
  const fields = { torrent: job.id, address: "8.0.0.0:6881", reason: "bad-piece" };
  t.deepEqual(logged, [{ level: "warn", event: "peer-banned", fields }]);
});

test("a peer in the row of a former only contributor is not banned", async (t) => {
  const { connect, disconnect, seal, hashed, ref, job, time } = scene();
  connect(0);
  seal(piece(1), { contributors: [rowIndex(0)] });
  disconnect(0);
  connect(0, "innocent", "8.8.8.8");
  await hashed(255);
  t.deepEqual(ref(0).casts("close-peer"), []);
  t.false(job.directory.isBanned("8.8.8.8", 6881, time.nowMs()));
  t.true(
    job.directory.isBanned("8.0.0.0", 6881, time.nowMs()),
    "the source is banned all the same",
  );
});

test("the only contributor of a bad oversized piece is banned too", async (t) => {
  const { connect, seal, hashed, engine, job, time } = scene();
  connect(0);
  const slab = engine.memory.oversizedPieces.take(
    engine.memory.slabs,
    holder(job, leaseNumber(77)),
    32_768,
  );
  seal(piece(1), { contributors: [rowIndex(0)], slab: slab.id });
  await hashed(255);
  t.true(job.directory.isBanned("8.0.0.0", 6881, time.nowMs()));
});

test("a piece sealed under an old lease is not hashed; its memory is freed when no worker has the piece", (t) => {
  const { engine, peerWorker, job, slabOf, hashings, told } = scene({ workers: 2 });
  const old = job.content.ledger.grant(piece(0), 0, 0).lease;
  job.content.ledger.release(piece(0));
  const sealed = sealedPiece(job, { piece: piece(0), lease: old, slab: slabOf(0).id });
  piecesSealed(engine, job, peerWorker(0), sealed);
  t.is(hashings.length, 0);
  t.is(told("piece-failed").length, 1, "missing: nobody will say more of it");
  job.content.ledger.grant(piece(0), 1, 0);
  piecesSealed(engine, job, peerWorker(0), sealed);
  t.is(told("piece-failed").length, 1, "leased to another: freed with that one's end");
});

test("pieces of one message are hashed together, and each has a verdict of its own", async (t) => {
  const { engine, peerWorker, job, slabOf, hashings, writes, connect, isBanned } = scene();
  connect(0);
  connect(1);
  const { ledger } = job.content;
  const leases = [0, 1, 2].map((index) => ledger.grant(piece(index), 0, 0).lease);
  const lengthBytes = 32_768;
  piecesSealed(engine, job, peerWorker(0), {
    torrent: job.id,
    slab: slabOf(0).id,
    places: [0, 1, 2].flatMap((index) => [
      index,
      leases[index] ?? 0,
      index * lengthBytes,
      lengthBytes,
      index === 1 ? 1 : 0,
    ]),
    origins: [{ contributors: [rowIndex(0)] }, { contributors: [rowIndex(1)] }],
  });
  t.deepEqual(
    hashings.map(({ offset }) => offset),
    [0, lengthBytes, 2 * lengthBytes],
  );
  for (const [index, { give }] of hashings.splice(0).entries())
    await give(index === 1 ? 255 : index);
  await settle();
  t.is(draw(ledger), "whw.");
  t.deepEqual(writes(), [piece(0), piece(2)]);
  await hashings.shift()?.give(255, [7, 7]);
  await settle();
  t.is(draw(ledger), "w.w.");
  t.deepEqual([isBanned(0), isBanned(1)], [false, true]);
});

test("a lease sealed by another worker than its holder is not hashed", (t) => {
  const { engine, peerWorker, job, slabOf, hashings } = scene({ workers: 2 });
  const { lease } = job.content.ledger.grant(piece(0), 1, 0);
  piecesSealed(
    engine,
    job,
    peerWorker(0),
    sealedPiece(job, { piece: piece(0), lease, slab: slabOf(0).id }),
  );
  t.is(hashings.length, 0);
  t.is(draw(job.content.ledger), "L...");
});

test("the memory of a crashed worker stays until its last sealed piece is written", async (t) => {
  const { engine, peerWorker, seal, hashed, written, slabOf, file } = scene();
  const slab = slabOf(0);
  seal(piece(0));
  await hashed(0);
  peerWorker(0).nextOptions(engine.memory.slabs);
  t.deepEqual(file.casts("close-slab"), []);
  t.is(engine.memory.slabs.get(slab.id), slab);
  written(piece(0));
  t.deepEqual(file.casts("close-slab"), [{ slab: slab.id }]);
});

test("a piece that the disk refuses is missing again, and the torrent's error has the reason", async (t) => {
  const { seal, hashed, refused, job, slabOf, told } = scene();
  seal(piece(0));
  await hashed(0);
  refused(piece(0));
  t.is(draw(job.content.ledger), "....");
  t.is(job.state, "error");
  t.is(job.fault?.code, "ENOSPC");
  t.is(slabOf(0).inUse, 0);
  t.is(told("piece-failed").length, 1);
});

test("an unexpected answer of the file-worker changes nothing", (t) => {
  const { written, refused, job } = scene();
  written(piece(0));
  refused(piece(0));
  t.is(draw(job.content.ledger), "....");
  t.is(job.state, "active");
});

test("a removed torrent frees its memory in every state of its pieces", async (t) => {
  const { engine, seal, hashed, written, refused, job, slabOf, writes } = scene();
  for (const index of [0, 1, 2]) seal(piece(index), { offset: index * 32_768 });
  await hashed(0);
  await hashed(1);
  t.is(slabOf(0).inUse, 3);
  engine.torrents.delete(job.id);
  await hashed(2);
  written(piece(0));
  refused(piece(1), "unknown-torrent");
  t.is(slabOf(0).inUse, 0);
  t.is(job.disk.pendingWrites.size, 0);
  t.deepEqual(writes(), [piece(0), piece(1)], "what was still being hashed is not written");
});

test("the memory of a large piece is free after its torrent is removed", async (t) => {
  const { engine, seal, hashed, job } = scene();
  const { lease } = job.content.ledger.grant(piece(0), 0, 0);
  job.content.ledger.release(piece(0));
  const slab = engine.memory.oversizedPieces.take(engine.memory.slabs, holder(job, lease), 32_768);
  seal(piece(0), { slab: slab.id });
  engine.torrents.delete(job.id);
  await hashed(0);
  t.false(engine.memory.oversizedPieces.isTaken);
});

test("when the last piece is written the torrent is complete, once", async (t) => {
  const { seal, hashed, written, gather, events, file } = scene({}, { pieces: 2 });
  for (const index of [0, 1]) {
    seal(piece(index));
    await hashed(index);
    written(piece(index));
  }
  written(piece(1));
  await settle();
  gather();
  t.is(file.calls("complete-storage").length, 1);
  t.is(events().filter(({ event }) => event === "complete").length, 1);
});

test("L18: when the last piece is written the record doubts all pieces, for the check at completion", async (t) => {
  const settings = { checkAtCompletion: true };
  const { seal, hashed, written, file } = scene({}, { pieces: 2, settings });
  const doubted = (): unknown[] =>
    file.casts("save-job").flatMap(({ doubted: list }) => (list === undefined ? [] : [list]));
  for (const [index, expected] of [
    [0, []],
    [1, [[0, 1]]],
  ] as const) {
    seal(piece(index));
    await hashed(index);
    written(piece(index));
    t.deepEqual(doubted(), expected);
  }
});

test("a hash pool that gives up ends the engine's incarnation", async (t) => {
  const { engine, seal, failures } = scene();
  const broken = new Error("no threads");
  Object.assign(engine.hashPool, { digestAll: () => Promise.reject(broken) });
  seal(piece(0));
  await settle();
  t.deepEqual(failures, [broken]);
});

test("a thousand bad pieces at once do not overflow a worker's mailbox", async (t) => {
  const { seal, hashed, told, ref } = scene({}, { pieces: 2000 });
  for (let index = 0; index < 2000; index++) {
    seal(piece(index));
    await hashed((index + 1) & 255);
  }
  t.is(told("piece-failed").length, 1024);
  ref(0).giveRoom(1024);
  t.is(told("piece-failed").length, 2000);
});

test("a piece that was hashed late, over a stop, does not end a torrent that starts again", async (t) => {
  for (const state of ["starting", "checking"] as const) {
    const { job, seal, hashed, refused } = scene();
    seal(piece(1));
    putIn(job, state);
    await hashed(1);
    refused(piece(1), "unknown-torrent");
    t.is(job.state, state);
    t.is(draw(job.content.ledger), "....");
  }
});
