import test from "ava";
import type { ChildSpec, Sender } from "@troupe/actor-runtime";
import { settle } from "@troupe/actor-runtime/testing";
import { rangesOf } from "@troupe/messages/testing";
import { setIpFilter } from "../../src/engine/peers/ip-filter.ts";
import { setPublicPort } from "../../src/engine/port-mapping/public-port.ts";
import { workerCrashed, workerStarted } from "../../src/engine/worker-events.ts";
import { leaseReturned, piecesWanted } from "../../src/torrent/pieces/piece-leases.ts";
import { draw, piece } from "../support/diagrams.ts";
import { writtenPieces } from "../support/written-pieces.ts";
import {
  leaseAnswers,
  at,
  makeScene,
  showPeer,
  rowIndex,
  type SceneOptions,
  putIn,
} from "../support/engine-scene.ts";

const child = (name: string) => ({ name, role: name.split("-")[0] }) as ChildSpec;

function scene(options: SceneOptions = {}) {
  const made = makeScene(options);
  const { engine, file } = made;
  const job = made.addJob();
  const refOf = (name: string) => (name === "file-0" ? file : made.ref(Number(name.slice(-1))));
  const sender = (name: string): Sender => refOf(name).peer ?? { name, epoch: 1 };
  return {
    ...made,
    job,
    crash(name: string) {
      const gone = sender(name);
      refOf(name).peer = undefined;
      workerCrashed(engine, child(name), gone, {
        error: new Error("killed"),
        breadcrumb: new Int32Array(8),
      });
      return gone.epoch;
    },
    /** Another incarnation is linked, with nothing in flight. */
    start(name: string, epoch: number) {
      const ref = refOf(name);
      ref.peer = { name, epoch };
      ref.credits = 1024;
      ref.sent.length = 0;
      if (name !== "file-0")
        made.peerWorker(Number(name.slice(-1))).nextOptions(engine.memory.slabs);
      workerStarted(engine, child(name), ref.peer);
    },
    write: (index: number) =>
      made.disk.pendingWrites.write({
        torrent: job.id,
        piece: piece(index),
        slab: at(engine.peerWorkers, 0).slab?.id ?? (0 as never),
        offset: 0,
        lengthBytes: 32_768,
        tookMs: 0,
        contributors: [],
      }),
    /** Worker 0 gives its piece back half full: the copy goes to another. */
    moveCopy() {
      showPeer(job, { worker: 0, rowIndex: 0 }, "#...");
      showPeer(job, { worker: 1, rowIndex: 0 }, "#...");
      piecesWanted(engine, job, made.peerWorker(0), { peers: [{ peer: rowIndex(0), count: 1 }] });
      const lease = at(at(leaseAnswers(made.ref(0)), 0).pieces, 0);
      leaseReturned(engine, job, made.peerWorker(0), {
        torrent: job.id,
        piece: lease.piece,
        lease: lease.lease,
        transferred: { offset: 0, received: Uint8Array.of(1, 0), contributors: [] },
      });
      return lease.lease;
    },
  };
}

test("the leases of a crashed peer-worker can be leased to others at once", (t) => {
  const { engine, job, peerWorker, ref, crash } = scene({ workers: 2 });
  showPeer(job, { worker: 0, rowIndex: 0 }, "####");
  showPeer(job, { worker: 1, rowIndex: 0 }, "####");
  piecesWanted(engine, job, peerWorker(0), { peers: [{ peer: rowIndex(0), count: 4 }] });
  t.is(draw(job.content.ledger), "LLLL");
  crash("peer-0");
  t.is(draw(job.content.ledger), "....");
  piecesWanted(engine, job, peerWorker(1), { peers: [{ peer: rowIndex(0), count: 4 }] });
  t.is(leaseAnswers(ref(1))[0]?.pieces.length, 4);
});

test("a new peer-worker gets every running torrent, with a new table", (t) => {
  const { engine, job, ref, crash, start, addJob } = scene();
  const stopped = addJob();
  putIn(stopped, "stopped");
  const before = job.content.traffic.tables[0];
  const epoch = crash("peer-0");
  start("peer-0", epoch + 1);
  t.is(engine.torrents.size, 2);
  t.deepEqual(
    ref(0)
      .casts("open-torrent")
      .map(({ torrent }) => torrent),
    [job.id],
  );
  t.not(job.content.traffic.tables[0], before);
});

test("a change of the IP filter and of the public port reaches a peer-worker that was starting", (t) => {
  const { engine, ref, crash, start } = scene();
  const epoch = crash("peer-0");
  const ranges = rangesOf("8.0.0.1");
  setIpFilter(engine, { ranges });
  setPublicPort(engine, { transport: "tcp", externalPort: 7000, lifetimeMs: 1 });
  start("peer-0", epoch + 1);
  t.deepEqual(ref(0).casts("set-ip-filter"), [{ ranges }]);
  t.deepEqual(ref(0).casts("set-public-port"), [{ port: 7000 }]);
});

test("addresses that a crashed peer-worker was dialling are dialled again", (t) => {
  const { engine, job, ref, peerWorker, crash, start } = scene();
  job.directory.add("8.0.0.1", 6881, "user");
  const epoch = crash("peer-0");
  start("peer-0", epoch + 1);
  t.is(ref(0).casts("dial").length, 1);
  const again = crash("peer-0");
  t.is(peerWorker(0).dials.size, 0);
  start("peer-0", again + 1);
  t.is(ref(0).casts("dial").length, 1);
  t.is(engine.network.retriesThisSecond, 1);
});

test("a new file-worker gets all slabs and storages", (t) => {
  const { engine, job, file, crash, start } = scene({ workers: 2 });
  const epoch = crash("file-0");
  start("file-0", epoch + 1);
  t.deepEqual(
    file.casts("open-slab").map(({ slab }) => slab),
    engine.peerWorkers.map((peerWorker) => peerWorker.slab?.id ?? (0 as never)),
  );
  t.deepEqual(
    file.calls("open-storage").map(({ torrent }) => torrent),
    [job.id],
  );
});

test("a new file-worker does not get a torrent whose device is not known yet", (t) => {
  const { file, crash, start, addJob } = scene();
  const looking = addJob();
  putIn(looking, "starting");
  looking.storage.isDiskFound = false;
  start("file-0", crash("file-0") + 1);
  t.is(file.calls("open-storage").length, 1, "the other torrent's alone");
});

test("unanswered pieces are written by the new file-worker", async (t) => {
  const { write, file, crash, start } = scene();
  write(0);
  const epoch = crash("file-0");
  start("file-0", epoch + 1);
  await settle();
  t.is(writtenPieces(file).length, 1);
});

test("no piece is written before its storage is open again", async (t) => {
  const { write, file, crash, start } = scene();
  let open: () => void = () => undefined;
  file.answer = () => new Promise((resolve) => (open = () => resolve({ foundBytes: 0 })));
  write(0);
  const epoch = crash("file-0");
  start("file-0", epoch + 1);
  await settle();
  t.is(writtenPieces(file).length, 0);
  open();
  await settle();
  t.is(writtenPieces(file).length, 1);
});

test("a storage that cannot be opened again is the torrent's error", async (t) => {
  const { job, file, crash, start } = scene();
  file.answer = (name) => (name === "open-storage" ? { refused: "file-changed", message: "" } : {});
  const epoch = crash("file-0");
  start("file-0", epoch + 1);
  await settle();
  t.is(job.state, "error");
});

test("a transferred piece at a running worker is released when its reader crashes", (t) => {
  const { job, ref, crash, moveCopy } = scene({ workers: 2 });
  const lease = moveCopy();
  crash("peer-1");
  t.deepEqual(ref(0).casts("transferred-piece-taken"), [{ torrent: job.id, lease }]);
});

test("the crash of a third worker does not keep a transferred piece from being released later", (t) => {
  const { job, crash, moveCopy } = scene({ workers: 3 });
  moveCopy();
  crash("peer-2");
  t.is(job.content.transfers.size, 1);
});

test("a peer-worker that its supervisor stopped and started loses its leases too", (t) => {
  const { engine, job, peerWorker, start } = scene();
  showPeer(job, { worker: 0, rowIndex: 0 }, "####");
  piecesWanted(engine, job, peerWorker(0), { peers: [{ peer: rowIndex(0), count: 4 }] });
  start("peer-0", 2);
  t.is(draw(job.content.ledger), "....");
});

test("the peers of a crashed worker get a disconnect event", (t) => {
  const { job, crash, events, gather } = scene({ workers: 2 });
  for (const [worker, host] of [
    [0, "8.0.0.1"],
    [1, "8.0.0.2"],
  ] as const) {
    const peer = {
      worker,
      host,
      port: 6881,
      peerId: host,
      isIncoming: true,
      isWebSeed: false,
      admittedAtMs: 0,
      passedPieces: 0,
      version: "v1" as const,
    };
    job.peers.admit({
      ...peer,
      subscriber: undefined,
      rowIndex: undefined,
    });
    job.peers.opened(worker, host, rowIndex(0), peer);
  }
  crash("peer-0");
  gather();
  t.deepEqual(
    events().filter(({ event }) => event === "peer"),
    [{ event: "peer", address: "8.0.0.1:6881", connected: false, reason: "worker-crashed" }],
  );
});

test("a starting torrent continues in the new file-worker", async (t) => {
  const { job, file, crash, start } = scene();
  putIn(job, "starting");
  const epoch = crash("file-0");
  start("file-0", epoch + 1);
  await settle();
  t.deepEqual(
    file.calls("open-storage").map(({ torrent }) => torrent),
    [job.id],
  );
});

test("bytes that cannot be moved out of the part file are the torrent's error", async (t) => {
  const { job, file, crash, start } = scene();
  file.answer = (name) => {
    if (name === "open-storage")
      return { foundBytes: 0, partFile: { path: "", files: [], entries: [] } };
    return name === "settle-part-file" ? { refused: "disk-full", message: "no room" } : {};
  };
  const epoch = crash("file-0");
  start("file-0", epoch + 1);
  await settle();
  t.is(job.state, "error");
  t.is(job.fault?.code, "disk-full");
});

test("E12: a crash of the thread of a store fails its torrents, and no others", (t) => {
  const { addJob, crash, disk, engine, job } = scene();
  disk.store = "file:///store.mjs";
  job.storage.isDiskFound = true;
  const other = addJob();
  other.disk = at(engine.disks, 1);
  other.storage.isDiskFound = true;
  crash("file-0");
  t.is(job.fault?.code, "store-crashed");
  t.regex(job.fault?.message ?? "", /^cannot .* the store file:\/\/\/store\.mjs crashed: killed$/);
  t.is(other.fault, undefined);
});
