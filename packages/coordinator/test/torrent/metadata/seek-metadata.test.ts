// A magnet link in an engine without workers: the test says what peer-workers would say.

import test from "ava";
import { settle } from "@troupe/actor-runtime/testing";
import {
  copyShared,
  viewShared,
  type AddTorrent,
  type MetadataWait,
  type TorrentEvent,
  type TorrentInfo,
} from "@troupe/messages";
import { sha1 } from "@troupe/protocol/bytes";
import { encodeTorrent, parseTorrent } from "@troupe/protocol/metainfo";
import { metadataBlockBytes } from "@troupe/protocol/peer";
import { infoHashFromBytes } from "@troupe/protocol/units";
import { addTorrent } from "../../../src/engine/add-torrent.ts";
import { tick } from "../../../src/engine/tick.ts";
import { workerCrashed } from "../../../src/engine/worker-events.ts";
import {
  acceptMetadata,
  metadataOffered,
  metadataReceived,
  metadataRejected,
  setMetadataWait,
} from "../../../src/torrent/metadata/seek-metadata.ts";
import { statusOf } from "../../../src/torrent/report/status.ts";
import { admitPeer, peerClosed, peerOpened } from "../../../src/torrent/swarm/peers.ts";
import type { TorrentJob } from "../../../src/torrent/torrent-job.ts";
import {
  changeJob,
  at,
  idBytes,
  makeScene,
  rowIndex,
  setCheckPool,
} from "../../support/engine-scene.ts";

const tracker = "http://tracker.example/announce";

/** A torrent whose `info` dictionary has three blocks. */
function drawn(firstFolder = "deep", isPrivate = false) {
  const bytes = encodeTorrent({
    name: firstFolder === ".troupe" ? ".troupe" : "drawn",
    pieceLengthBytes: 32_768,
    pieceHashes: new Uint8Array(20 * 2_000),
    files: [
      { path: ["one"], lengthBytes: 32_768 * 2_000 - 5 },
      { path: ["two"], lengthBytes: 5 },
    ],
    isPrivate,
  });
  const { infoHash, infoSpan } = parseTorrent(bytes);
  return { infoHash, info: bytes.slice(infoSpan.start, infoSpan.end) };
}

interface SceneOptions {
  readonly torrent?: ReturnType<typeof drawn>;
  readonly parameters?: string;
  readonly request?: Partial<AddTorrent>;
}

function scene({ torrent = drawn(), parameters = "", request = {} }: SceneOptions = {}) {
  const made = makeScene({ workers: 2 });
  const { engine, time, ref } = made;
  made.file.answer = (name) => (name === "open-storage" ? { foundBytes: 0 } : {});
  setCheckPool(engine, {});
  const magnet = `magnet:?xt=urn:btih:${torrent.infoHash}&dn=link&tr=${tracker}${parameters}`;
  const added = addTorrent(engine, {
    magnet,
    directory: "/downloads",
    settings: { maxPeers: 50 },
    peers: [],
    mode: "download",
    ...request,
  });
  if ("refused" in added) throw new Error(added.message);
  const job = engine.torrents.get(added.torrent) as TorrentJob;
  const worker = made.peerWorker(1);
  const open = (row: number): void => {
    const host = `45.10.${row}.1`;
    const peer = { torrent: job.id, peerId: idBytes(`peer ${row}`), host, port: 6881 };
    admitPeer(engine, job, worker, { ...peer, isIncoming: true });
    peerOpened(engine, job, worker, { ...peer, peer: rowIndex(row), isIncoming: true });
  };
  const offer = (row: number, sizeBytes = torrent.info.length): void => {
    open(row);
    metadataOffered(engine, job, worker, { torrent: job.id, peer: rowIndex(row), sizeBytes });
  };
  const send = (row: number, block: number, isRight = true): void => {
    const sizeBytes = torrent.info.length;
    const from = block * 16_384;
    const right = torrent.info.slice(from, from + metadataBlockBytes(sizeBytes, block));
    const bytes = isRight ? right : new Uint8Array(right.length);
    const message = { torrent: job.id, peer: rowIndex(row), block, sizeBytes, bytes };
    metadataReceived(engine, job, worker, message);
  };
  const asked = () =>
    ref(1)
      .casts("ask-metadata")
      .map(({ peer, block }) => `${peer}:${block}`);
  const sendAll = (row: number, isRight = true): void => {
    for (let block = 0; block * 16_384 < torrent.info.length; block++) send(row, block, isRight);
  };
  const events = (): TorrentEvent[] => {
    made.gather();
    return made.events();
  };
  return {
    ...made,
    added,
    job,
    worker,
    torrent,
    open,
    offer,
    send,
    sendAll,
    asked,
    events,
    states: () => events().flatMap((event) => (event.event === "state" ? [event.state] : [])),
    found: () => events().filter((event) => event.event === "metadata"),
    errors: () => events().flatMap((event) => (event.event === "error" ? [event.code] : [])),
    ticks(ms: number) {
      for (let done = 0; done < ms; done += 250) {
        time.advance(250);
        tick(engine);
      }
    },
    accept: (priorities: readonly number[] = [1, 1]) =>
      acceptMetadata(engine, job, { torrent: job.id, priorities }),
  };
}

test("a magnet link is added with what it tells", (t) => {
  const { added, job } = scene();
  t.like(added satisfies TorrentInfo, {
    hasMetadata: false,
    name: "link",
    lengthBytes: 0,
    pieces: 0,
    trackers: [[tracker]],
    isPrivate: false,
    warnings: [],
  });
  t.is(job.state, "stopped");
});

test("a broken link is refused, and so is a link to a torrent that is there", (t) => {
  const { engine, torrent } = scene();
  const add = (magnet: string) => {
    const made = addTorrent(engine, { ...request, magnet });
    return "refused" in made ? made.refused : "added";
  };
  t.is(add("magnet:?dn=nothing"), "magnet-malformed");
  t.is(add(`magnet:?xt=urn:btmh:1114${"a".repeat(40)}`), "magnet-malformed");
  t.is(add(torrent.infoHash), "torrent-exists");
  t.is(engine.torrents.size, 1);
});

const request: AddTorrent = {
  directory: "/downloads",
  settings: { maxPeers: 50 },
  peers: [],
  mode: "download",
};

test("a start opens the torrent without content, announces and dials the peers of the link", async (t) => {
  const { job, http, refs, states, time } = scene({
    parameters: "&x.pe=45.10.9.9:7000&x.pe=192.168.0.1:22",
    request: { peers: [{ host: "45.10.8.8", port: 7001 }] },
  });
  job.life.start();
  t.deepEqual(states(), ["metadata"]);
  for (const ref of refs) {
    const [opened] = ref.casts("open-torrent");
    t.is(opened?.infoHash, job.infoHash);
    t.is(opened?.content, undefined);
  }
  const dialled = refs.flatMap((ref) => ref.casts("dial").map(({ host }) => host));
  t.deepEqual(dialled.toSorted(), ["45.10.8.8", "45.10.9.9"]);
  await time.pass(0);
  t.deepEqual(http.story, ["tracker.example started"]);
});

test("announces without the metadata count missing bytes, since 0 would make the torrent a seed", async (t) => {
  const { job, http, time } = scene();
  job.life.start();
  await time.pass(0);
  const { searchParams } = new URL(at(http.requests, 0).url);
  t.is(searchParams.get("left"), "16384");
  t.is(searchParams.get("downloaded"), "0");
});

test("a peer of a link is looked up by name, and its addresses follow the rule of links", async (t) => {
  const { job, names, refs } = scene({ parameters: "&x.pe=peer.example:80" });
  names.set("peer.example", ["192.168.0.1", "45.10.9.9"]);
  job.life.start();
  await settle();
  t.deepEqual(
    refs.flatMap((ref) => ref.casts("dial").map(({ host }) => host)),
    ["45.10.9.9"],
  );
});

test("the metadata comes from the peers that offer it, and the library gets a .torrent with it", (t) => {
  const { job, torrent, offer, open, asked, sendAll, found } = scene({
    parameters: "&ws=http%3A%2F%2Fseed.example%2Ff",
  });
  job.life.start();
  open(3);
  offer(4);
  t.deepEqual(asked(), ["4:0", "4:1"]);
  sendAll(4);
  const [event, other] = found();
  if (event === undefined || event.event !== "metadata" || other !== undefined) return t.fail();
  const parsed = parseTorrent(copyShared(event.metainfo), { source: "network" });
  t.is(parsed.infoHash, torrent.infoHash);
  t.deepEqual(parsed.trackers, [[tracker]]);
  t.true(Buffer.from(event.metainfo).includes("8:url-listl21:http://seed.example/f"));
  t.like(event.info, { hasMetadata: true, name: "drawn", pieces: 2_000, torrent: job.id });
});

test("when the metadata has come the files are opened with the priorities, and connections stay", async (t) => {
  const { job, offer, sendAll, ref, refs, states, http } = scene({
    request: { priorities: [0, 7] },
  });
  job.life.start();
  offer(4);
  sendAll(4);
  t.is(job.life.run.state, "starting", "the library is not waited for");
  await settle();
  t.deepEqual(states(), ["metadata", "starting", "active"]);
  t.deepEqual(job.content?.files.list(), [0, 7]);
  t.deepEqual(job.request.priorities, [0, 7]);
  const [first, second] = ref(1).casts("open-torrent");
  t.is(first?.content, undefined);
  t.is(second?.content?.pieceCount, 2_000);
  t.is(refs.flatMap((each) => each.casts("close-peer")).length, 0);
  t.is(refs.flatMap((each) => each.calls("close-torrent")).length, 0);
  t.is(job.peers.connectedCount, 1);
  t.is(job.magnet?.fetch, undefined, "the fetch frees its memory");
  t.deepEqual(
    http.story.filter((line) => line.endsWith("stopped")),
    [],
  );
});

test("peer-workers serve the dictionary from shared memory, but not that of a private torrent", async (t) => {
  for (const isPrivate of [false, true]) {
    const torrent = drawn("deep", isPrivate);
    const { job, offer, sendAll, ref } = scene({ torrent });
    job.life.start();
    offer(4);
    sendAll(4);
    await settle();
    const metadata = ref(1).casts("open-torrent")[1]?.content?.metadata;
    const served = metadata && Buffer.from(viewShared(metadata));
    t.deepEqual(served, isPrivate ? undefined : Buffer.from(torrent.info));
  }
});

const waitsFor = (metadataWait: MetadataWait) => ({ request: { metadataWait } });

test("a magnet waits 5 s for the listeners of its program, with its connections open", async (t) => {
  const { job, offer, sendAll, ticks, ref } = scene(waitsFor("listener"));
  job.life.start();
  offer(4);
  sendAll(4);
  ticks(4_750);
  t.is(job.life.run.state, "metadata");
  ticks(250);
  t.is(job.life.run.state, "starting");
  await settle();
  t.is(job.life.run.state, "active");
  t.deepEqual(job.content?.files.list(), [1, 1]);
  t.is(ref(1).casts("close-peer").length, 0);
});

test("priorities that the program sets while a magnet waits hold before its first request", async (t) => {
  for (const wait of ["listener", "function"] as const) {
    const { job, offer, sendAll, accept, ticks, ref } = scene(waitsFor(wait));
    job.life.start();
    offer(4);
    sendAll(4);
    ticks(1_000);
    accept([0, 7]);
    t.deepEqual(job.content?.files.list(), [0, 7]);
    t.deepEqual(job.request.priorities, [0, 7]);
    await settle();
    const opened = ref(1).casts("open-torrent").at(-1)?.content;
    t.deepEqual(
      [...(opened?.wanted ?? [])].filter((bits) => bits !== 0),
      [1],
    );
  }
});

test("a magnet waits for a function of priorities as long as it takes", (t) => {
  const { job, offer, sendAll, accept, ticks } = scene(waitsFor("function"));
  job.life.start();
  offer(4);
  sendAll(4);
  ticks(60_000);
  t.is(job.life.run.state, "metadata");
  accept([0, 7, 1]);
  t.is(job.life.run.state, "metadata", "these are priorities of other files");
  accept([0, 7]);
  t.is(job.life.run.state, "starting");
});

test("priorities that come after the wait hold from then on, and a late answer without changes has no effect", async (t) => {
  const { job, offer, sendAll, accept, ticks, ref } = scene(waitsFor("listener"));
  job.life.start();
  offer(4);
  sendAll(4);
  ticks(5_000);
  await settle();
  accept();
  t.is(ref(1).casts("set-wanted").length, 0);
  accept([0, 1]);
  accept([1, 1, 1]);
  t.deepEqual(job.content?.files.list(), [0, 1]);
  t.is(ref(1).casts("set-wanted").length, 1);
});

test("a program that begins to listen is waited for, and one that ceases to is not", (t) => {
  const { engine, job, offer, sendAll } = scene();
  setMetadataWait(engine, job, { torrent: job.id, wait: "listener" });
  job.life.start();
  offer(4);
  sendAll(4);
  t.is(job.life.run.state, "metadata");
  setMetadataWait(engine, job, { torrent: job.id, wait: "none" });
  t.is(job.life.run.state, "starting");
});

test("the files that a link selects are wanted, unless the user has chosen others", async (t) => {
  const chosen: [Partial<AddTorrent>, string, number[]][] = [
    [{}, "&so=1", [0, 1]],
    [{}, "&so=7", [1, 1]],
    [{ priorities: [3, 0] }, "&so=1", [3, 0]],
  ];
  for (const [request, parameters, priorities] of chosen) {
    const { job, offer, sendAll } = scene({ request, parameters });
    job.life.start();
    offer(4);
    sendAll(4);
    await settle();
    t.deepEqual(job.content?.files.list(), priorities);
  }
});

test("priorities of other files are the error of the torrent, at each start", async (t) => {
  const { job, offer, sendAll, errors, found } = scene({ request: { priorities: [1] } });
  job.life.start();
  offer(4);
  sendAll(4);
  await settle();
  t.is(job.state, "error");
  job.life.start();
  await settle();
  t.deepEqual(errors(), ["option-out-of-range", "option-out-of-range"]);
  t.deepEqual(found(), []);
});

test("an answer of the program before the metadata has come has no effect", (t) => {
  const { job, accept } = scene();
  job.life.start();
  accept();
  t.is(job.state, "metadata");
});

test("a torrent that was added for its metadata alone stops when it has come", async (t) => {
  const { job, offer, sendAll, states, found, file } = scene({
    request: { mode: "metadata-only" },
  });
  job.life.start();
  offer(4);
  sendAll(4);
  await settle();
  t.is(found().length, 1);
  t.deepEqual(states(), ["metadata", "stopping", "stopped"]);
  t.false(job.life.value.wish.run);
  t.deepEqual(file.calls("open-storage"), []);
});

test("after a stop and a start the metadata is reported again, and nothing is fetched again", async (t) => {
  const { job, offer, sendAll, asked, found, accept, ticks } = scene(waitsFor("listener"));
  job.life.start();
  offer(4);
  sendAll(4);
  const requests = asked().length;
  await job.life.stop();
  ticks(5_000);
  t.is(job.state, "stopped");
  job.life.start();
  t.is(found().length, 2);
  offer(4);
  t.is(asked().length, requests);
  t.is(job.state, "metadata", "the wait begins anew");
  accept();
  t.is(job.state, "starting");
});

test("an answer of the program to a stopped torrent is used by the next start", async (t) => {
  const { job, offer, sendAll, accept, states } = scene(waitsFor("function"));
  job.life.start();
  offer(4);
  sendAll(4);
  await job.life.stop();
  accept();
  t.is(job.state, "stopped");
  job.life.start();
  await settle();
  t.deepEqual(states(), ["metadata", "stopping", "stopped", "starting", "active"]);
});

test("metadata that the gate refuses is the error of the torrent, at each start", async (t) => {
  const { job, offer, sendAll, errors, found, asked } = scene({ torrent: drawn(".troupe") });
  job.life.start();
  offer(4);
  sendAll(4);
  await settle();
  t.deepEqual(errors(), ["job-name-reserved"]);
  t.is(job.state, "error");
  t.deepEqual(found(), []);
  const requests = asked().length;
  job.life.start();
  await settle();
  t.deepEqual(errors(), ["job-name-reserved", "job-name-reserved"]);
  t.is(asked().length, requests);
});

test("metadata that does not end with its dictionary is the error of the torrent", async (t) => {
  const { info, infoHash: other } = drawn();
  const longer = new Uint8Array([...info, ...Buffer.from("7:privatei1e")]);
  const torrent = { info: longer, infoHash: infoHashFromBytes(sha1(longer)) };
  const { job, offer, sendAll, errors, found, accept } = scene({ torrent });
  t.not(job.infoHash, other);
  job.life.start();
  offer(4);
  sendAll(4);
  await settle();
  t.deepEqual(errors(), ["bencode-trailing-bytes"]);
  t.deepEqual(found(), []);
  accept();
  t.is(job.content, undefined);
});

test("a peer with two bad copies is banned and closed, and reported", (t) => {
  const { job, offer, sendAll, ref, events, engine } = scene();
  job.life.start();
  offer(4);
  sendAll(4, false);
  sendAll(4, false);
  t.deepEqual(
    ref(1)
      .casts("close-peer")
      .map(({ peer, reason }) => [peer, reason]),
    [[rowIndex(4), "bad-metadata"]],
  );
  t.true(job.directory.isBanned("45.10.4.1", 6881, engine.context.clock.nowMs()));
  t.true(events().some((event) => event.event === "warning" && event.code === "peer-banned"));
});

test("requests of a closed peer, a rejecting peer and a crashed worker go to others", (t) => {
  const { job, engine, worker, offer, asked } = scene();
  const torrent = job.id;
  job.life.start();
  offer(1);
  offer(2);
  t.deepEqual(asked(), ["1:0", "1:1", "2:2"]);
  metadataRejected(engine, job, worker, { torrent, peer: rowIndex(1), block: 0 });
  t.deepEqual(asked().slice(3), ["2:0"]);
  const closed = { reason: "closed-by-peer", isFault: false, isIncoming: true };
  const counts = { downloadedBytes: 0, uploadedBytes: 0 };
  const gone = { torrent, peer: rowIndex(2), host: "45.10.2.1", port: 6881, ...closed, ...counts };
  peerClosed(engine, job, worker, gone);
  offer(3);
  t.deepEqual(asked().slice(4), ["3:0", "3:2"]);
  const child = { name: "peer-1", role: "peer" } as Parameters<typeof workerCrashed>[1];
  const crash = { error: new Error("killed"), breadcrumb: new Int32Array(16) };
  workerCrashed(engine, child, { name: "peer-1", epoch: 1 }, crash);
  t.is(job.magnet?.fetch?.progress(0).peers, 0);
});

test("a silent peer is not waited for: a tick asks the next", (t) => {
  const { job, offer, asked, ticks } = scene();
  job.life.start();
  offer(1);
  t.deepEqual(asked(), ["1:0", "1:1"]);
  offer(2);
  t.deepEqual(asked().slice(2), ["2:2"]);
  ticks(2_250);
  t.deepEqual(asked().slice(3), ["2:0"]);
});

test("status, progress and reason of a torrent without metadata name its peers and blocks", (t) => {
  const { engine, job, offer, send, ticks, events } = scene();
  job.life.start();
  offer(1);
  send(1, 0);
  ticks(1_000);
  const status = statusOf(engine, job);
  t.like(status, { state: "metadata", progress: { peers: 1, haveBytes: 0, wantedBytes: 0 } });
  t.like(status.peers[0], { host: "45.10.1.1", haveShare: 0, downloadedBytes: 0 });
  t.is(at(status.trackers, 0).url, tracker);
  t.deepEqual(status.why, {
    code: "fetching-metadata",
    message: "1 of 3 blocks of the metadata have come, 1 of 1 peer offers it",
  });
  t.true(events().some((event) => event.event === "why" && event.code === "fetching-metadata"));
  t.true(events().some((event) => event.event === "progress" && event.peers === 1));
});

test("peers that connected before the content and have no place in its tables cost nothing", async (t) => {
  const { engine, job, offer, open, sendAll, ticks, failures } = scene();
  job.life.start();
  offer(4);
  open(40);
  job.request = { ...job.request, settings: { maxPeers: 10 } };
  sendAll(4);
  await settle();
  t.is(job.limits.maxPeers, 10);
  ticks(1_000);
  t.is(statusOf(engine, job).peers.length, 2);
  changeJob(engine, job, { maxPeers: 5 });
  t.deepEqual(failures, []);
});

test("an offer that comes after the metadata was accepted changes nothing", (t) => {
  const { job, offer, sendAll, asked, failures } = scene();
  job.life.start();
  offer(4);
  sendAll(4);
  const requests = asked().length;
  offer(5);
  sendAll(5);
  t.is(asked().length, requests);
  t.deepEqual(failures, []);
});

test("a magnet that turns out private leaves the peers of PEX and local discovery; an incoming peer stays", async (t) => {
  const torrent = drawn("deep", true);
  const made = scene({ torrent });
  const { job, engine, worker, offer, sendAll, ref } = made;
  job.life.start();
  const sources = ["pex-internet", "local-discovery", "tracker-internet", "pex-local"] as const;
  for (const [row, source] of sources.entries()) {
    const host = `45.10.${row}.1`;
    job.directory.add(host, 6881, source, source === "tracker-internet" ? tracker : source);
    const isIncoming = source === "pex-local";
    const peer = { torrent: job.id, peerId: idBytes(`peer ${row}`), host, port: 6881, isIncoming };
    admitPeer(engine, job, worker, peer);
    peerOpened(engine, job, worker, { ...peer, peer: rowIndex(row) });
  }
  job.directory.add("45.10.9.1", 6881, "pex-internet");
  offer(4);
  sendAll(4);
  await settle();
  t.deepEqual(
    ref(1)
      .casts("close-peer")
      .map(({ peer, reason }) => [peer, reason]),
    [0, 1].map((row) => [rowIndex(row), "not-for-private"]),
  );
  t.false(job.directory.has("45.10.9.1", 6881));
  t.false(job.directory.add("45.10.9.1", 6881, "pex-internet"));
});

test("a magnet that turns out private leaves the peers that only trackers of its user named", async (t) => {
  const torrent = drawn("deep", true);
  const ofUser = "http://user.example/announce";
  const made = scene({ torrent, request: { settings: { trackers: [ofUser] } } });
  const { job, engine, worker, offer, sendAll, ref } = made;
  job.life.start();
  const meet = (row: number, origin: string): void => {
    const host = `45.10.${row}.1`;
    job.directory.add(host, 6881, "tracker-internet", origin);
    const peer = { torrent: job.id, peerId: idBytes(`peer ${row}`), host, port: 6881 };
    admitPeer(engine, job, worker, { ...peer, isIncoming: false });
    peerOpened(engine, job, worker, { ...peer, peer: rowIndex(row), isIncoming: false });
  };
  meet(1, ofUser);
  meet(2, tracker);
  job.directory.add("45.10.3.1", 6881, "tracker-internet", ofUser);
  offer(4);
  sendAll(4);
  await settle();
  const closed = ref(1).casts("close-peer");
  t.deepEqual(
    closed.map(({ peer, reason }) => [peer, reason]),
    [[rowIndex(1), "not-for-private"]],
  );
  const dialled = { torrent: job.id, peerId: idBytes("peer 3"), host: "45.10.3.1", port: 6881 };
  const admit = () => admitPeer(engine, job, worker, { ...dialled, isIncoming: false });
  t.deepEqual(admit(), { refused: "closed" });
  job.directory.add("45.10.3.1", 6881, "tracker-internet", tracker);
  t.deepEqual(admit(), { admitted: true });
});
