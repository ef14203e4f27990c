import test from "ava";
import type { Sender } from "@troupe/actor-runtime";
import { settle } from "@troupe/actor-runtime/testing";
import { bitsOf } from "@troupe/protocol/testing";
import type { Engine } from "../../src/engine/base/engine-state.ts";
import { engineActor } from "../../src/engine/engine.actor.ts";
import { shutDown } from "../../src/engine/engine-end.ts";
import { inlineServices } from "../../src/engine/start/inline-services.ts";
import { tick } from "../../src/engine/tick.ts";
import { workerCrashed, workerStarted } from "../../src/engine/worker-events.ts";
import { progressOf } from "../../src/torrent/report/status.ts";
import { sharedContent } from "../../src/torrent/torrent-content.ts";
import { hasContent, type TorrentJob } from "../../src/torrent/torrent-job.ts";
import { piece } from "../support/diagrams.ts";
import {
  drawMetainfo,
  idBytes,
  leaseNumber,
  makeScene,
  rowIndex,
  setCheckPool,
} from "../support/engine-scene.ts";

/** Messages that are about no torrent, or end the torrent. */
const others: ReadonlySet<string> = new Set([
  "port-opened",
  "datagrams-received",
  "totals",
  "metrics",
  "rate-history",
  "listen",
  "open-udp",
  "add-torrent",
  "list-jobs",
  "change-bans",
  "set-ip-filter",
  "shut-down",
  "stuck-threads",
  "end-actor",
  "hang-actor",
  "remove-torrent",
]);

type Handle = (engine: Engine, message: unknown, from: Sender) => unknown;

/** Each handler of a message about a torrent, with the actor that sends the message. */
function handlersOfTorrents(): readonly (readonly [string, Handle, string])[] {
  const { handlers, noticeHandlers } = engineActor(inlineServices);
  const named = (table: object, sender: string) =>
    Object.entries(table)
      .filter(([name]) => !others.has(name))
      .map(([name, handle]) => [name, handle as Handle, sender] as const);
  return [
    ...named(handlers, "peer-0"),
    ...named(noticeHandlers?.peer ?? {}, "peer-0"),
    ...named(noticeHandlers?.file ?? {}, "file-0"),
  ];
}

/** A message with the fields that any of these handlers reads. */
function messageAbout({ id: torrent }: TorrentJob) {
  const address = { host: "8.0.0.1", port: 6881, isIncoming: false, peerId: idBytes("peer") };
  const held = { piece: piece(0), lease: leaseNumber(1), slab: 1, offset: 0, lengthBytes: 16_384 };
  const refusal = { refused: "EIO", message: "the disk is broken", file: 0, position: 0 };
  const asked = {
    directory: "/other",
    maxPeers: 9,
    check: 1,
    modules: {},
    changes: {},
    priorities: [{ file: 0, priority: 0 }],
  };
  const closed = { reason: "closed-by-peer", isFault: false, downloadedBytes: 0, uploadedBytes: 0 };
  const peers = [{ peer: rowIndex(0), count: 1 }];
  const rest = { peer: rowIndex(0), peers, contributors: [], pieces: [piece(0)] };
  return { torrent, ...address, ...held, ...refusal, ...asked, ...closed, ...rest };
}

function scene() {
  const made = makeScene({ workers: 2 });
  const job = made.addJobWithoutContent();
  made.file.answer = (name) => (name === "open-storage" ? { foundBytes: 1 } : {});
  setCheckPool(made.engine, { checkPieces: () => Promise.resolve(bitsOf("#.#.")) });
  return {
    ...made,
    job,
    states: () => {
      made.gather();
      return made.events().flatMap((event) => (event.event === "state" ? [event.state] : []));
    },
    async answers() {
      const answers: Record<string, unknown> = {};
      for (const [name, handle, sender] of handlersOfTorrents()) {
        const from = { name: sender, epoch: 1 };
        const answer: unknown = await handle(made.engine, messageAbout(job), from);
        if (answer !== undefined) answers[name] = answer;
      }
      return answers;
    },
  };
}

const statusAtRest = {
  state: "stopped",
  progress: {
    haveBytes: 0,
    wantedBytes: 0,
    downloadedBytes: 0,
    uploadedBytes: 0,
    wastedBytes: 0,
    failedHashBytes: 0,
    protocolDownBytes: 0,
    protocolUpBytes: 0,
    downBytesPerSecond: 0,
    upBytesPerSecond: 0,
    peers: 0,
    seeds: 0,
    sendingPeers: 0,
    gettingPeers: 0,
  },
  labels: [],
  bitfield: new Uint8Array(),
  peers: [],
  trackers: [],
  webSeeds: [],
  strip: new Uint8Array(),
  why: { code: "stopped", message: "it is stopped" },
};
const notRunning =
  "cannot check aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa: it is stopped, and only a torrent that runs is checked; its start checks what is there";

const filesUnknown = {
  refused: "metadata-unknown",
  message:
    "cannot rename files of aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa: they are not known yet; await its metadata first",
};

test("a torrent without content answers each message, and refuses those about pieces and files", async (t) => {
  const { answers, events, gather, failures } = scene();
  t.deepEqual(await answers(), {
    "stop-torrent": {},
    "move-torrent": { directory: "/other", hasMoved: false },
    "find-move": {},
    "settle-move": { directory: "/other", hasMoved: false },
    "trace-peer": {
      refused: "peer-not-connected",
      message:
        "cannot trace 8.0.0.1:6881: it is no connected peer of aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    },
    "read-file": {
      refused: "torrent-stopped",
      message: "cannot read a file of aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa: it is stopped",
    },
    "announce-torrent": {
      refused: "not-running",
      message:
        "cannot announce aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa: it is stopped; allowed is a torrent that is started",
    },
    "end-move": {},
    "plan-rename": filesUnknown,
    "rename-files": filesUnknown,
    "torrent-status": statusAtRest,
    "torrent-why": { code: "stopped", message: "it is stopped" },
    "torrent-tiers": { tiers: [] },
    "piece-origins": { origins: [] },
    "scrape-torrent": { trackers: [] },
    "part-file": { refused: "not-running", message: notRunning },
    admit: { refused: "closed" },
  });
  gather();
  const checked = events().filter(({ event }) => event === "hash-checked");
  t.deepEqual(checked, [
    { event: "hash-checked", check: 1, refused: "not-running", message: notRunning },
  ]);
  t.deepEqual(failures, []);
});

test("a torrent that waits for its metadata answers each message, and stops when it is asked to", async (t) => {
  const { job, answers, states, failures } = scene();
  job.life.start();
  t.is(job.life.run.state, "metadata");
  t.like(await answers(), { "part-file": { refused: "not-running" } });
  t.deepEqual(states(), ["metadata", "stopping", "stopped"]);
  t.deepEqual(failures, []);
});

test("a restarted peer-worker opens a torrent that waits for its metadata", async (t) => {
  const { engine, job, file, refs, time, peerWorker, failures } = scene();
  job.life.start();
  const roles = { "peer-0": "peer", "file-0": "file" } as const;
  for (const [name, role] of Object.entries(roles)) {
    const child = { name, role } as Parameters<typeof workerStarted>[1];
    const crash = { error: new Error("killed"), breadcrumb: new Int32Array(16) };
    workerCrashed(engine, child, { name, epoch: 1 }, crash);
    if (name === "peer-0") peerWorker(0).nextOptions(engine.memory.slabs);
    workerStarted(engine, child, { name, epoch: 2 });
  }
  for (let ticks = 0; ticks < 41; ticks++) {
    time.advance(250);
    tick(engine);
  }
  await settle();
  t.is(job.life.run.state, "metadata");
  const sent = [...refs, file].flatMap((ref) => ref.sent.map(({ name }) => name));
  t.deepEqual(
    sent.filter((name) => !name.endsWith("-slab")),
    [
      "open-torrent",
      ...[
        "set-ip-filter",
        "set-public-port",
        "set-limits",
        "set-limit-rules",
        "set-encryption",
        "set-transport",
        "open-torrent",
        "listen",
        "open-udp",
      ],
      "open-torrent",
    ],
  );
  t.deepEqual(failures, []);
});

test("the end of the engine stops a torrent that waits for its metadata", async (t) => {
  const { engine, job, states, file } = scene();
  job.life.start();
  t.deepEqual(await shutDown(engine), []);
  t.deepEqual(states(), ["metadata", "stopping", "stopped"]);
  t.true(job.life.value.wish.run);
  t.deepEqual(file.calls("close-storage"), [], "it has no files");
});

test("removing a torrent without content removes its record, and no data", async (t) => {
  const { engine, job, file } = scene();
  const { handlers } = engineActor(inlineServices);
  const removing = { torrent: job.id, isRecordRemoved: true, isDataRemoved: true };
  const handle = handlers["remove-torrent"] as Handle;
  t.deepEqual(await handle(engine, removing, { name: "front", epoch: 1 }), {});
  t.is(engine.torrents.size, 0);
  t.is(file.calls("remove-record").length, 1);
  t.is(file.calls("remove-data").length, 0);
});

test("a torrent whose metadata comes continues with its start, and the workers get the pieces", async (t) => {
  const { engine, job, ref, states } = scene();
  job.life.start();
  t.is(job.name, job.infoHash);
  const { signal } = job.life;
  job.setContent({ metainfo: drawMetainfo({ pieces: 4 }) }, engine.context.random);
  t.is(job.life.run.state, "metadata", "the content alone changes no state");
  job.life.dispatch({ event: "metadata-complete" });
  t.is(job.life.run.state, "starting");
  await settle();
  t.deepEqual(states(), ["metadata", "starting", "checking", "active"]);
  t.is(job.life.signal, signal, "metadata and files belong to one run");
  if (!hasContent(job)) return t.fail();
  t.is(job.name, "drawn");
  t.is(progressOf(job).haveBytes, 2 * 32_768);
  for (const worker of [0, 1]) {
    t.is(ref(worker).casts("open-torrent")[0]?.content, undefined);
    t.like(ref(worker).casts("open-torrent")[1], {
      torrent: job.id,
      maxPeers: 53,
      content: { pieceCount: 4 },
    });
  }
});

test("the content of a torrent is set once", (t) => {
  const { engine, job, addJob } = scene();
  const metainfo = drawMetainfo();
  for (const other of [job, addJob()]) {
    if (!hasContent(other)) other.setContent({ metainfo }, engine.context.random);
    const { content } = other;
    const setAgain = () => other.setContent({ metainfo }, engine.context.random);
    t.throws(setAgain, { message: /^bug: a second content/ });
    t.is(other.content, content);
  }
});

test("metadata of more than 16 MiB is not served", (t) => {
  const metainfo = drawMetainfo();
  const memory = new SharedArrayBuffer(16 * 2 ** 20 + 10);
  const served = (length: number) =>
    sharedContent({ ...metainfo, infoSpan: { start: 5, end: 5 + length } }, memory).info;
  t.deepEqual(served(16 * 2 ** 20), { memory, start: 5, length: 16 * 2 ** 20 });
  t.is(served(16 * 2 ** 20)?.memory, memory);
  t.is(served(16 * 2 ** 20 + 1), undefined);
});

test("lease numbers of torrents differ, whenever their content came", (t) => {
  const { engine, job, addJob } = scene();
  const other = addJob();
  job.setContent({ metainfo: drawMetainfo() }, engine.context.random);
  const leases = [job, other].map(({ content }) => content?.ledger.grant(piece(0), 0, 0).lease);
  t.is(new Set(leases).size, 2);
});
