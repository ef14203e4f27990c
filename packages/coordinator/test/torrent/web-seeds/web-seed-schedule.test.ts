import test from "ava";
import { rangesOf } from "@troupe/messages/testing";
import { PeerField, PeerWord, type WebSeedClosed } from "@troupe/messages";
import { breadcrumbWords } from "@troupe/actor-runtime";
import { writeWebSeedBreadcrumb } from "@troupe/messages";
import { recordWorkerCrash } from "../../../src/engine/quarantine.ts";
import { workerCrashed } from "../../../src/engine/worker-events.ts";
import { needsPeers } from "../../../src/torrent/swarm/dial-schedule.ts";
import { admitPeer, banPeer, peerClosed, peerOpened } from "../../../src/torrent/swarm/peers.ts";
import { piecesWanted } from "../../../src/torrent/pieces/piece-leases.ts";
import { updateKnownPeers } from "../../../src/torrent/storage/record-updates.ts";
import { mostMissingFiles, webSeedClosed } from "../../../src/torrent/web-seeds/web-seed-ends.ts";
import { beginWebSeeds, tendWebSeeds } from "../../../src/torrent/web-seeds/web-seed-schedule.ts";
import { webSeedWithoutRanges } from "../../../src/torrent/web-seeds/web-seed-peer.ts";
import { webSeedStatus } from "../../../src/torrent/web-seeds/web-seed-status.ts";
import { piece } from "../../support/diagrams.ts";
import {
  changeJob,
  leaseAnswers,
  at,
  makeScene,
  putIn,
  rowIndex,
  showPeer,
  type JobOptions,
  type SceneOptions,
} from "../../support/engine-scene.ts";

const url = (host: string) => `http://${host}.example/`;

/** A torrent with web seeds, and short ways to say what their worker says. */
function scene(
  hosts: readonly string[],
  sceneOptions: SceneOptions = {},
  jobOptions: JobOptions = {},
) {
  const made = makeScene(sceneOptions);
  const { engine, time } = made;
  const job = made.addJob({ webSeeds: hosts.map(url), ...jobOptions });
  const openings = () =>
    made.refs.flatMap((ref, worker) =>
      ref.casts("open-web-seed").map((message) => ({ worker, ...message })),
    );
  const last = () => at(openings().slice(-1), 0);
  const connectionOf = ({ seed: webSeed, url: address, peerId }: ReturnType<typeof last>) => {
    const { hostname: host } = new URL(address);
    return { torrent: job.id, host, port: 80, peerId, isIncoming: false, webSeed };
  };
  return {
    ...made,
    job,
    openings,
    begin: () => beginWebSeeds(engine, job),
    tend: () => tendWebSeeds(engine, job),
    /** Opens the last web seed in this row. */
    connect(row = 0) {
      const opening = last();
      const peerWorker = made.peerWorker(opening.worker);
      const answer = admitPeer(engine, job, peerWorker, connectionOf(opening));
      if ("refused" in answer) return answer.refused;
      peerOpened(engine, job, peerWorker, { ...connectionOf(opening), peer: rowIndex(row) });
      return "admitted";
    },
    /** The last opening ends. */
    end(over: Partial<WebSeedClosed> = {}, row?: number) {
      const opening = last();
      const peerWorker = made.peerWorker(opening.worker);
      const reason = over.code ?? "web-seed-status";
      if (row !== undefined) {
        const closed = { ...connectionOf(opening), peer: rowIndex(row), reason, isFault: false };
        peerClosed(engine, job, peerWorker, { ...closed, downloadedBytes: 0, uploadedBytes: 0 });
      }
      const { seed } = opening;
      const message = "HTTP status 500";
      webSeedClosed(engine, job, peerWorker, {
        torrent: job.id,
        seed,
        code: reason,
        message,
        ...over,
      });
    },
    status: () => webSeedStatus(job, time.nowMs()).map(({ state }) => state),
    closed: () => made.refs.flatMap((ref) => ref.casts("close-peer")),
    warnings() {
      made.gather();
      return made.events().flatMap((event) => (event.event === "warning" ? [event.code] : []));
    },
  };
}

test("the start of a run opens three web seeds, each at one worker, spread over the workers", (t) => {
  const { begin, openings, status } = scene(["a", "b", "c", "d"], { workers: 2 });
  begin();
  t.deepEqual(
    openings().map(({ url: address, worker }) => [address, worker]),
    [
      [url("a"), 0],
      [url("c"), 0],
      [url("b"), 1],
    ],
  );
  t.deepEqual(status(), ["connecting", "connecting", "connecting", "idle"]);
});

test("an opened web seed is a peer that takes no place of a peer", (t) => {
  const { engine, job, begin, connect, status, gather, events } = scene(["a"], {}, { maxPeers: 1 });
  begin();
  t.is(connect(), "admitted");
  t.deepEqual(status(), ["connected"]);
  t.is(job.peers.size, 0);
  t.is(job.peers.connectedCount, 1);
  t.true(needsPeers(engine, job));
  gather();
  t.like(
    events().find(({ event }) => event === "peer"),
    {
      address: "a.example:80",
      connected: true,
      client: "web seed",
    },
  );
  updateKnownPeers(job);
  t.deepEqual(job.earlierRuns.knownPeers, []);
});

test("the tables have rows for web seeds besides those for peers", (t) => {
  const { job } = scene(["a"], {}, { maxPeers: 5 });
  t.is(job.content.traffic.tables[0]?.maxPeers, 8);
});

test("a peer that poses as a web seed is an ordinary peer", (t) => {
  const { engine, job, begin, openings, peerWorker } = scene(["a"]);
  begin();
  const { peerId, seed } = at(openings(), 0);
  const connection = { torrent: job.id, host: "8.0.0.1", port: 1, peerId, isIncoming: true };
  const wrong = { ...connection, webSeed: seed + 1 };
  t.deepEqual(admitPeer(engine, job, peerWorker(0), wrong), { refused: "closed" });
});

test("the IP filter does not hold for web seeds", (t) => {
  const { engine, job, begin, openings, peerWorker } = scene(["a"]);
  engine.network.ipFilter.set({ ranges: rangesOf("8.0.0.1") });
  begin();
  const { peerId, seed } = at(openings(), 0);
  const opened = { torrent: job.id, host: "8.0.0.1", port: 80, peerId, isIncoming: false };
  t.deepEqual(admitPeer(engine, job, peerWorker(0), { ...opened, webSeed: seed }), {
    admitted: true,
  });
  t.deepEqual(admitPeer(engine, job, peerWorker(0), opened), { refused: "ip-filtered" });
});

test("a web seed that fails rests, with a warning at the first failure, and is opened again", (t) => {
  const { engine, job, peerWorker, begin, end, tend, time, openings, status, warnings } = scene([
    "a",
  ]);
  const peer = { torrent: job.id, host: "8.0.0.1", port: 1, isIncoming: true };
  admitPeer(engine, job, peerWorker(0), { ...peer, peerId: new Uint8Array(20) });
  begin();
  end();
  t.deepEqual(status(), ["resting"]);
  time.advance(29_000);
  tend();
  t.is(openings().length, 1);
  time.advance(1_000);
  tend();
  t.is(openings().length, 2);
  end();
  t.deepEqual(warnings(), ["web-seed-failed"]);
});

test("without another source it rests 2 s, then 4 s", (t) => {
  const { begin, end, tend, time, openings } = scene(["a"]);
  begin();
  for (const [restMs, count] of [
    [2_000, 2],
    [4_000, 3],
  ] as const) {
    end();
    time.advance(restMs - 1);
    tend();
    t.is(openings().length, count - 1);
    time.advance(1);
    tend();
    t.is(openings().length, count);
  }
});

test("while one rests, the next is opened", (t) => {
  const { begin, end, tend, openings } = scene(["a", "b", "c", "d"]);
  begin();
  end();
  tend();
  t.is(at(openings().slice(-1), 0).url, url("d"));
});

test("Retry-After sets the rest", (t) => {
  const { begin, end, tend, time, openings } = scene(["a"]);
  begin();
  end({ retryAfterMs: 7_000 });
  time.advance(7_000);
  tend();
  t.is(openings().length, 2);
});

test("a web seed that lacks a file is opened again at once, without the file", (t) => {
  const { begin, end, openings, warnings } = scene(
    ["a"],
    {},
    { pieces: 4, files: [32_768, 98_304] },
  );
  begin();
  end({ missingFile: 1 });
  t.deepEqual(
    openings().map(({ missingFiles }) => missingFiles),
    [[], [1]],
  );
  t.deepEqual(warnings(), []);
});

test("a web seed without any file is off", (t) => {
  const { begin, end, status, openings, warnings } = scene(["a"], {}, { files: [65_536, 65_536] });
  begin();
  end({ missingFile: 0 });
  end({ missingFile: 1 });
  t.deepEqual(status(), ["off"]);
  t.is(openings().length, 2);
  t.deepEqual(warnings(), ["web-seed-off"]);
});

test("a file of which the server refuses a range rests, and the others are asked for meanwhile", (t) => {
  const options = { pieces: 4, files: [32_768, 98_304] };
  const { begin, connect, end, tend, time, closed, openings, warnings } = scene(["a"], {}, options);
  begin();
  end({ restingFile: 1 });
  t.deepEqual(openings().at(-1)?.missingFiles, [1]);
  connect();
  time.advance(1_999);
  tend();
  t.deepEqual(closed(), []);
  time.advance(1);
  tend();
  t.like(closed(), [{ peer: rowIndex(0), reason: "file-rested" }]);
  end({ code: "file-rested" }, 0);
  tend();
  t.deepEqual(openings().at(-1)?.missingFiles, []);
  t.deepEqual(warnings(), []);
});

test("a web seed with work is not closed for a file that has rested", (t) => {
  const options = { pieces: 4, files: [32_768, 98_304] };
  const { job, begin, connect, end, tend, time, closed } = scene(["a"], {}, options);
  begin();
  end({ restingFile: 1 });
  connect();
  job.content.traffic.row(0, 0)?.setWord(PeerWord.requestsOut, 1);
  time.advance(60_000);
  tend();
  t.deepEqual(closed(), []);
});

test("a web seed that refuses a range of each file rests, and is asked for all files again", (t) => {
  const { begin, end, tend, time, status, openings } = scene(
    ["a"],
    {},
    { files: [65_536, 65_536] },
  );
  begin();
  end({ restingFile: 0 });
  end({ restingFile: 1 });
  t.deepEqual(status(), ["resting"]);
  time.advance(2_000);
  tend();
  t.deepEqual(
    openings().map(({ missingFiles }) => missingFiles),
    [[], [0], []],
  );
});

test("a web seed without one file that refuses a range of the other is not off", (t) => {
  const { begin, end, tend, time, status, openings } = scene(
    ["a"],
    {},
    { files: [65_536, 65_536] },
  );
  begin();
  end({ restingFile: 0 });
  end({ missingFile: 1 });
  t.deepEqual(status(), ["resting"]);
  time.advance(2_000);
  tend();
  t.deepEqual(openings().at(-1)?.missingFiles, [1]);
});

test("a start asks a web seed again for the files that its server lacked", (t) => {
  const { begin, end, status, openings } = scene(["a"], {}, { files: [65_536, 65_536] });
  begin();
  end({ missingFile: 0 });
  end({ missingFile: 1 });
  t.deepEqual(status(), ["off"]);
  begin();
  t.deepEqual(status(), ["connecting"]);
  t.deepEqual(openings().at(-1)?.missingFiles, []);
});

test("a start does not ask again a web seed that sent wrong data", (t) => {
  const { engine, job, begin, openings, status } = scene(["a"]);
  begin();
  const peerId = String.fromCharCode(...at(openings(), 0).peerId);
  for (const _piece of [1, 2]) banPeer(engine, job, { host: "a.example", port: 80, peerId });
  begin();
  t.deepEqual(status(), ["off"]);
});

test("a web seed that lacks more than a hundred files is off", (t) => {
  const files = Array.from({ length: 256 }, () => 512);
  const { begin, end, status, openings } = scene(["a"], {}, { files });
  begin();
  for (let file = 0; file <= mostMissingFiles; file++) end({ missingFile: file });
  t.deepEqual(status(), ["off"]);
  t.is(openings().length, mostMissingFiles + 1);
});

test("a web seed whose other files are had or not wanted is not opened again", (t) => {
  const options = { pieces: 4, files: [32_768, 98_304], priorities: [0, 1] };
  const { begin, end, tend, openings, status } = scene(["a"], {}, options);
  begin();
  end({ missingFile: 1 });
  tend();
  t.is(openings().length, 1);
  t.deepEqual(status(), ["idle"]);
});

test("web seeds that lack files take turns in the search for a piece that they may serve", (t) => {
  const options = { pieces: 4, files: [32_768, 98_304], priorities: [0, 1] };
  const { job, time, tend, openings } = scene(["a", "b", "c"], {}, options);
  for (const seed of job.content.webSeeds.list) seed.lackedFiles.addMissing(1, "it lacks the file");
  tend();
  const { ledger } = job.content;
  const isMissing = ledger.isMissing.bind(ledger);
  let looks = 0;
  ledger.isMissing = (index) => {
    looks++;
    return isMissing(index);
  };
  for (let second = 1; second <= 9; second++) {
    time.advance(1_000);
    tend();
  }
  t.is(looks, 9, "the piece without a byte of the missing file, once a second");
  job.content.ledger.setPriority(piece(0), 1);
  for (let second = 1; second <= 3; second++) {
    time.advance(1_000);
    tend();
  }
  t.is(openings().length, 3);
});

test("a web seed is opened while there is room for its three connections", (t) => {
  const { begin, openings } = scene(["a", "b", "c"], { connections: 8 });
  begin();
  t.is(openings().length, 2);
});

test("the second bad piece turns a web seed off and closes it; it is not banned", (t) => {
  const { engine, job, begin, connect, openings, closed, status, warnings } = scene(["a"]);
  begin();
  connect(2);
  const peerId = String.fromCharCode(...at(openings(), 0).peerId);
  const contributor = { host: "a.example", port: 80, peerId };
  banPeer(engine, job, contributor);
  t.deepEqual(status(), ["connected"]);
  banPeer(engine, job, contributor);
  banPeer(engine, job, contributor);
  t.deepEqual(status(), ["off"]);
  t.like(closed(), [{ peer: rowIndex(2), reason: "bad-piece" }]);
  t.deepEqual(warnings(), ["web-seed-off"]);
});

test("web seeds are closed when every wanted piece is had, and opened again when one is missing", (t) => {
  const { job, begin, connect, end, tend, closed, openings } = scene(["a"]);
  begin();
  connect();
  for (let index = 0; index < 4; index++) job.content.ledger.toHad(piece(index));
  tend();
  t.like(closed(), [{ peer: rowIndex(0), reason: "not-needed" }]);
  end({ code: "not-needed" }, 0);
  tend();
  t.is(openings().length, 1);
  job.content.ledger.toLost(piece(0));
  tend();
  t.is(openings().length, 2);
});

test("a paused torrent keeps its web seeds and opens none", (t) => {
  const { job, begin, connect, tend, closed, openings } = scene(["a"]);
  begin();
  connect();
  putIn(job, "paused");
  tend();
  t.deepEqual(closed(), []);
  const other = scene(["a"]);
  putIn(other.job, "paused");
  other.begin();
  t.is(other.openings().length, 0);
  t.is(openings().length, 1);
});

test("the web seeds of a crashed worker are opened at another", (t) => {
  const { engine, job, begin, connect, tend, openings, refs, dialsOf } = withDials(
    scene(["a"], { workers: 2 }),
  );
  begin();
  connect();
  at(refs, 0).peer = undefined;
  const child = { name: "peer-0", role: "peer" } as Parameters<typeof workerCrashed>[1];
  const sender = { name: "peer-0", role: "peer", epoch: 1 } as Parameters<typeof workerCrashed>[2];
  workerCrashed(engine, child, sender, { error: new Error("x"), breadcrumb: new Int32Array(8) });
  tend();
  t.deepEqual(
    openings().map(({ worker }) => worker),
    [0, 1],
  );
  t.is(job.peers.connectedCount, 0);
  t.deepEqual(dialsOf(), []);
});

function withDials<Made extends ReturnType<typeof scene>>(made: Made) {
  return { ...made, dialsOf: () => made.refs.flatMap((ref) => ref.casts("dial")) };
}

test("a web seed at whose data two workers crashed is off, and the torrent goes on", (t) => {
  const { engine, job, begin, openings, status } = scene(["a"]);
  begin();
  const breadcrumb = new Int32Array(breadcrumbWords);
  writeWebSeedBreadcrumb(breadcrumb, at(openings(), 0).seed);
  breadcrumb[0] = 5;
  breadcrumb[1] = job.id;
  for (const error of [new Error("first"), new Error("second")]) {
    recordWorkerCrash(engine, "peer", { error, breadcrumb });
  }
  t.deepEqual(status(), ["off"]);
  t.is(job.fault, undefined);
});

test("an end of an earlier opening changes nothing", (t) => {
  const { engine, job, peerWorker, begin, openings, end, tend, time, status } = scene(["a"]);
  begin();
  const { seed } = at(openings(), 0);
  end();
  time.advance(30_000);
  tend();
  webSeedClosed(engine, job, peerWorker(0), { torrent: job.id, seed, code: "x", message: "late" });
  t.deepEqual(status(), ["connecting"]);
});

test("a web seed gets runs of adjacent pieces", (t) => {
  const { engine, job, peerWorker, ref, begin, connect } = scene(["a"], {}, { pieces: 9 });
  begin();
  connect();
  showPeer(job, { worker: 0, rowIndex: 0 }, "#########");
  const row = job.content.traffic.row(0, 0);
  if (row !== undefined) row.setWord(PeerWord.haveCount, 9);
  job.content.ledger.toHad(piece(2));
  for (const count of [2, 3]) {
    piecesWanted(engine, job, peerWorker(0), { peers: [{ peer: rowIndex(0), count }] });
  }
  t.deepEqual(
    leaseAnswers(ref(0)).map(({ pieces }) => pieces.map(({ piece: index }) => Number(index))),
    [
      [3, 4],
      [5, 6, 7],
    ],
  );
});

/** A web seed without ranges that has nine pieces of two files, beside a peer. */
function wholeScene() {
  const made = scene(["a"], {}, { pieces: 9, files: [4.5 * 32_768, 4.5 * 32_768] });
  const { engine, job, peerWorker, ref, begin, connect, openings } = made;
  begin();
  connect();
  showPeer(job, { worker: 0, rowIndex: 0 }, "#########");
  job.content.traffic.row(0, 0)?.setWord(PeerWord.haveCount, 9);
  const { seed } = at(openings(), 0);
  webSeedWithoutRanges(engine, job, peerWorker(0), { torrent: job.id, seed });
  const ask = (count: number, among?: readonly number[]) => {
    const limited = among !== undefined && { among: among.map(piece) };
    piecesWanted(engine, job, peerWorker(0), { peers: [{ peer: rowIndex(0), count, ...limited }] });
    return at(leaseAnswers(ref(0)).slice(-1), 0);
  };
  return { ...made, ask };
}

test("a web seed without ranges gets the pieces of a file in order, which are kept for it", (t) => {
  const { ask } = wholeScene();
  t.deepEqual(ask(3).reserved, [{ peer: rowIndex(0), pieces: [0, 1, 2].map(piece) }]);
  t.deepEqual(ask(3).reserved, [{ peer: rowIndex(0), pieces: [3, 4, 5].map(piece) }]);
});

test("a piece that becomes due in a file that is read whole does not change the order of its pieces", (t) => {
  const { job, ask } = wholeScene();
  ask(1);
  job.content.picker.setDeadlines([{ piece: piece(3), atMs: 1_000 }]);
  t.deepEqual(ask(1, [3]).reserved, [{ peer: rowIndex(0), pieces: [piece(1)] }]);
  t.deepEqual(ask(4).reserved, [{ peer: rowIndex(0), pieces: [2, 3, 4, 5].map(piece) }]);
});

test("a piece that becomes due in another file begins that file", (t) => {
  const { job, ask } = wholeScene();
  ask(1);
  job.content.picker.setDeadlines([{ piece: piece(7), atMs: 1_000 }]);
  t.deepEqual(ask(1, [7]).reserved, [{ peer: rowIndex(0), pieces: [piece(5)] }]);
  t.deepEqual(ask(3).reserved, [{ peer: rowIndex(0), pieces: [6, 7, 8].map(piece) }]);
});

test("a web seed without ranges whose needed pieces are left to peers holds up no peer", (t) => {
  const { job, ask } = wholeScene();
  for (const index of [0, 1, 2, 3, 5, 6, 7]) job.content.ledger.toHad(piece(index));
  addPeerWithRate(job, 1_000_000);
  t.like(ask(3), { pieces: [], nothingFor: [], withheldFor: [rowIndex(0)] });
  t.true(job.content.picker.withheldAtMs < 0, "the picker of the program withheld nothing");
});

function addPeerWithRate(job: ReturnType<typeof scene>["job"], bytesPerSecond: number) {
  const peerId = "x".repeat(20);
  const address = { host: "8.0.0.1", port: 1, isIncoming: true };
  const peer = { worker: 0, subscriber: undefined, isWebSeed: false, admittedAtMs: 0 };
  job.peers.admit({
    ...peer,
    ...address,
    ...{ peerId, rowIndex: undefined, passedPieces: 0, version: "v1" },
  });
  job.peers.opened(0, peerId, rowIndex(1), address);
  showPeer(job, { worker: 0, rowIndex: 1 }, "#########");
  job.content.traffic.row(0, 1)?.setField(PeerField.downBytesPerSecond, bytesPerSecond);
}

test("a web seed without ranges stays so when it is opened again, until the torrent is started", (t) => {
  const { begin, end, tend, openings } = wholeScene();
  end({ code: "both-seeds" }, 0);
  tend();
  begin();
  end({ code: "both-seeds" });
  begin();
  t.deepEqual(
    openings().map(({ givesWholeFiles }) => givesWholeFiles),
    [false, true, false],
  );
});

test("L02: a web seed that settings leave out is closed, one that they add is opened, others stay", (t) => {
  const { begin, connect, end, engine, job, openings, ref, tend } = scene(["one"]);
  begin();
  t.is(connect(), "admitted");
  changeJob(engine, job, { webSeeds: [url("two")] });
  t.deepEqual(
    openings().map(({ url: address }) => address),
    [url("one"), url("two")],
  );
  changeJob(engine, job, { torrentWebSeeds: false });
  t.like(ref(0).casts("close-peer"), [{ reason: "not-needed" }]);
  t.deepEqual(
    webSeedStatus(job, 0).map(({ url: address }) => address),
    [url("two")],
  );
  end();
  changeJob(engine, job, { webSeeds: null, torrentWebSeeds: null });
  tend();
  t.deepEqual(
    webSeedStatus(job, 0).map(({ url: address }) => address),
    [url("one")],
  );
});
