// For any requests, answers of the disk and messages of the engine in any order, each request is answered once, with
// right bytes, and all memory returns.

import test from "ava";
import fc from "fast-check";
import { RateShare, type ReadBlocks } from "@troupe/messages";
import type { PieceIndex } from "@troupe/protocol/units";

import { AskingPeer } from "./support/asking-peer.ts";
import { fillRuns, runsOf } from "./support/fill-runs.ts";
import { type BenchTorrent, WorkerBench } from "./support/worker-bench.ts";
import { same } from "./support/worker-invariants.ts";

const pieces = 6;
/** The last block of a piece is short. */
const pieceLengthBytes = 70_000;
const wireBlock = 16_384 + 13;
const shape = { had: "#".repeat(pieces), pieceLengthBytes, maxPeers: 4 };

const usual = ["come", "ask", "ask", "ask", "fill", "fill", "fill", "wait"] as const;
const kinds = [
  ...["leave", "cancel", "stop-reading", "read", "choke", "unchoke", "pause", "go-on"],
  ...["refuse", "refuse-for-now", "file-gone", "late", "no-credits", "credits"],
  ...["doubt", "confirm", "lose", "limit", "grant", "no-limit", "open-again"],
] as const;

/** An event; numbers choose among what is there. */
interface Step {
  readonly kind: string;
  readonly torrent: number;
  readonly a: number;
  readonly b: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.oneof(
    { arbitrary: fc.constantFrom(...usual), weight: 3 },
    { arbitrary: fc.constantFrom(...kinds), weight: 2 },
  ),
  torrent: fc.nat(1),
  a: fc.nat(1_000),
  b: fc.nat(1_000),
});

/** A torrent, its peers, and the pieces whose bytes on the disk are wrong. */
class Swarm {
  torrent: BenchTorrent;
  readonly peers: AskingPeer[] = [];
  readonly doubted = new Set<number>();
  readonly lost = new Set<number>();
  names = 0;

  constructor(torrent: BenchTorrent) {
    this.torrent = torrent;
  }
}

type Act = (swarm: Swarm, a: number, b: number) => Promise<unknown> | void;

/** Two torrents on two disks, in memory for six blocks. */
class Play {
  readonly bench: WorkerBench;
  readonly swarms: readonly Swarm[];
  readonly #share = new RateShare();
  readonly #acts: Readonly<Record<string, Act>>;

  constructor(bench: WorkerBench, swarms: readonly Swarm[]) {
    this.bench = bench;
    this.swarms = swarms;
    const { file, worker } = bench;
    const peerOf = ({ peers }: Swarm, a: number): AskingPeer | undefined => peers[a % peers.length];
    this.#acts = {
      come: (swarm, a) => this.#come(swarm, a % 2 === 0),
      leave: (swarm, a) => peerOf(swarm, a)?.peer.stream.hangUp(),
      ask: (swarm, a, b) => this.#ask(swarm, a, b),
      cancel: (swarm, a, b) => peerOf(swarm, a)?.cancel(b),
      "stop-reading": (swarm, a) => this.#setReading(peerOf(swarm, a), false),
      read: (swarm, a) => this.#setReading(peerOf(swarm, a), true),
      choke: ({ torrent }, a) =>
        bench.unchoke(torrent, ...[0, 1, 2, 3].filter((row) => a & (1 << row))),
      unchoke: ({ torrent }) => bench.unchoke(torrent, 0, 1, 2, 3),
      pause: ({ torrent: { id } }) => bench.send("set-paused", { torrent: id, isPaused: true }),
      "go-on": ({ torrent: { id } }) => bench.send("set-paused", { torrent: id, isPaused: false }),
      fill: () => this.#fill(),
      refuse: (_, a) => this.#refuse(a, "EIO"),
      "refuse-for-now": (_, a) => this.#refuse(a, "not-settled"),
      "file-gone": () => this.#fileGone(),
      late: () => {
        if (file.waiting > 0) this.#fail("call-deadline");
      },
      "no-credits": () => {
        file.credits = 0;
      },
      credits: () => file.giveRoom(100),
      doubt: ({ torrent, doubted, lost }, a) => {
        if (lost.has(a % pieces)) return;
        doubted.add(a % pieces);
        torrent.map.clear(a % pieces);
      },
      confirm: (swarm) => this.#confirm(swarm),
      lose: (swarm, a) => this.#lose(swarm, a % pieces),
      limit: () => bench.send("set-limits", { limits: this.#share.memory }),
      grant: (_, a) => this.#share.up.grant((a % 6) * 16_384),
      "no-limit": () => bench.send("set-limits", {}),
      "open-again": (swarm) => this.#openAgain(swarm),
      wait: (_, a) => bench.advance(a * 4),
    };
    this.#share.up.setRates(1_000_000, 0);
    worker.context.breadcrumb.fill(0);
  }

  async take({ kind, torrent, a, b }: Step): Promise<void> {
    const swarm = this.swarms[torrent % this.swarms.length];
    if (swarm !== undefined) await this.#acts[kind]?.(swarm, a, b);
    await this.bench.settle();
    this.#check();
  }

  /** Everything works again: each request gets its answer, and each extent returns. */
  async end(): Promise<void> {
    const { bench, swarms } = this;
    bench.file.credits = 1_000;
    bench.file.giveRoom(1);
    await bench.send("set-limits", {});
    for (const swarm of swarms) {
      this.#confirm(swarm);
      for (const asking of swarm.peers) this.#setReading(asking, true);
      await bench.send("set-paused", { torrent: swarm.torrent.id, isPaused: false });
    }
    for (let second = 0; second < 4; second++) {
      for (let calls = 0; bench.file.waiting > 0 && calls < 1_000; calls++) await this.#fill();
      await bench.advance(1_000);
    }
    same("reads under way", bench.file.waiting, 0);
    this.#check();
    for (const { peers } of swarms)
      for (const { open } of peers) same("requests without an answer", open.join(), "");
    this.#checkIdle();
    for (const { torrent } of swarms) await bench.send("close-torrent", { torrent: torrent.id });
    same("torrents left", bench.worker.torrents.size, 0);
    same("request memory", bench.worker.requestMemory.usedBytes, 0);
  }

  #checkIdle(): void {
    const { uploads, torrents } = this.bench.worker;
    same("free memory", uploads.freeBytes, uploads.totalBytes);
    same("waiting peers", this.#share.up.waitingWeight, 0);
    for (const { content, sessions } of torrents.values()) {
      same("batches of the torrent", content?.batchesOut, 0);
      for (const { uploadIfAny } of sessions) {
        same("batches of a peer", uploadIfAny?.batchesOut ?? 0, 0);
        const requests = (uploadIfAny?.requestsOut ?? 0) + (uploadIfAny?.length ?? 0);
        same("requests of a peer", requests, 0);
      }
    }
  }

  #check(): void {
    for (const { peers } of this.swarms) {
      for (const asking of peers) asking.listen();
      peers.splice(0, peers.length, ...peers.filter(({ peer }) => !peer.isClosed));
    }
    const { worker, failures } = this.bench;
    same("failures", failures.length, 0);
    let asking = 0;
    for (const { content, sessions } of worker.torrents.values()) {
      const batches = [...sessions].reduce(
        (sum, { uploadIfAny }) => sum + (uploadIfAny?.batchesOut ?? 0),
        0,
      );
      same("batches of closed peers", (content?.batchesOut ?? 0) >= batches, true);
      asking += [...sessions].filter(({ uploadIfAny }) => (uploadIfAny?.length ?? 0) > 0).length;
    }
    same("peers without requests wait", this.#share.up.waitingWeight <= asking, true);
  }

  async #come(swarm: Swarm, hasFast: boolean): Promise<void> {
    if (swarm.peers.length === 4) return;
    const id = String.fromCharCode(1 + (swarm.names++ % 100));
    const peer = await this.bench.meet(swarm.torrent, id, undefined, { hasFast });
    swarm.peers.push(new AskingPeer(peer, hasFast, pieceLengthBytes));
    await this.bench.unchoke(swarm.torrent, 0, 1, 2, 3);
  }

  /** Adjacent blocks, blocks in no order, odd lengths, and the same block again. */
  #ask({ torrent, peers }: Swarm, a: number, b: number): void {
    const asking = peers[a % peers.length];
    if (asking === undefined) return;
    const session = this.bench
      .sessions(torrent)
      .find(({ wire }) => Object.is(wire.connection, asking.peer.stream.handlers));
    if (session?.wire.phase !== "open") return;
    for (let at = 0; at <= b % 7; at++) {
      const block = (b % 3 === 0 ? a + at : a * 7 + at * 11) % (pieces * 5);
      const [piece, begin] = [Math.floor(block / 5) as PieceIndex, (block % 5) * 16_384];
      if (session.isPeerChoked && session.features.fast?.offered?.has(piece) !== true) continue;
      const lengthBytes = Math.min(16_384, pieceLengthBytes - begin);
      asking.request(piece, begin, b % 5 === 0 ? 1 + ((a * b) % lengthBytes) : lengthBytes);
      if (b % 11 === 0) asking.request(piece, begin, lengthBytes);
    }
  }

  #setReading(asking: AskingPeer | undefined, isReading: boolean): void {
    if (asking === undefined) return;
    const { stream } = asking.peer;
    stream.isReading = isReading;
    if (isReading) stream.read();
  }

  /** The disk has wrong bytes for a piece in doubt. */
  #read(message: ReadBlocks): void {
    const memory = new Uint8Array(this.bench.slab);
    fillRuns(memory, message);
    for (const run of runsOf(message)) {
      const swarm = this.swarms.find(({ torrent }) => torrent.id === run.torrent);
      const last = Math.floor((run.position + run.lengthBytes - 1) / pieceLengthBytes);
      for (let piece = Math.floor(run.position / pieceLengthBytes); piece <= last; piece++) {
        if (!swarm?.doubted.has(piece) && !swarm?.lost.has(piece)) continue;
        memory.fill(0xee, run.offset + 13, run.offset + 13 + Math.min(16_384, run.lengthBytes));
      }
    }
  }

  async #fill(): Promise<void> {
    if (this.bench.file.waiting === 0) return;
    const { message, answer } = this.bench.file.take("read-blocks");
    this.#read(message);
    answer({ refused: [], diskMs: 0 });
    await this.bench.settle();
    this.#check();
  }

  /** Refuses every other run. */
  #refuse(a: number, refused: string): void {
    if (this.bench.file.waiting === 0) return;
    const { message, answer } = this.bench.file.take("read-blocks");
    this.#read(message);
    const runs = [...runsOf(message).keys()].filter((run) => (run + a) % 2 === 0);
    const refusals = runs.map((run) => ({ run, refused, message: "cannot read" }));
    answer({ refused: refusals, diskMs: 0 });
  }

  #fail(code: string): void {
    this.bench.file.take("read-blocks").fail(Object.assign(new Error(code), { code }));
  }

  #fileGone(): void {
    while (this.bench.file.waiting > 0) this.#fail("actor-gone");
    for (const scheduler of this.bench.worker.uploadSchedulers) scheduler.fileWorkerGone();
  }

  /** Its reads may be under way. */
  async #openAgain(swarm: Swarm): Promise<void> {
    await this.bench.send("close-torrent", { torrent: swarm.torrent.id });
    swarm.doubted.clear();
    swarm.lost.clear();
    const disk = this.swarms.indexOf(swarm);
    swarm.torrent = await this.bench.openTorrent({ ...shape, disk });
  }

  #confirm({ torrent, doubted }: Swarm): void {
    for (const piece of doubted) torrent.map.set(piece);
    doubted.clear();
  }

  async #lose({ torrent, doubted, lost }: Swarm, piece: number): Promise<void> {
    if (lost.size > 1 || lost.has(piece)) return;
    doubted.delete(piece);
    lost.add(piece);
    await this.bench.lost(torrent, piece);
  }
}

async function play(steps: readonly Step[]): Promise<void> {
  const bench = await WorkerBench.start({ uploadBytes: 6 * wireBlock });
  bench.noticeCredits = 1_000_000;
  const swarms: Swarm[] = [];
  for (const disk of [0, 1]) {
    swarms.push(new Swarm(await bench.openTorrent({ ...shape, disk })));
  }
  const played = new Play(bench, swarms);
  for (const swarm of swarms)
    await played.take({ kind: "come", torrent: swarms.indexOf(swarm), a: 0, b: 0 });
  for (const each of steps) await played.take(each);
  await played.end();
}

test("each request is answered once and all upload memory returns, for any events in any order", async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 120 }), (steps) => play(steps)),
    { numRuns: Number(process.env["RUNS"] ?? 60), includeErrorInReport: true },
  );
  t.pass();
});
