// Invariants of every run of an engine, checked from outside.

import { hash } from "node:crypto";
import type { SimulatedDisk } from "@troupe/actor-runtime/simulated";
import type { PeerWorker } from "../../../../packages/peer-worker/src/peer-worker.ts";
import { downloadFolder, type SimulatedEngine } from "./engine.ts";
import type { SimulatedTorrent } from "../swarm/torrent.ts";

/** Bytes of a file that are compared at once. */
const lookBytes = 1 << 16;

/** The contents of an engine's disk beside its claims. */
export class DiskView {
  readonly #engine: SimulatedEngine;
  readonly #torrent: SimulatedTorrent;

  constructor(engine: SimulatedEngine, torrent: SimulatedTorrent) {
    this.#engine = engine;
    this.#torrent = torrent;
  }

  /** Whether every byte of a piece is on the disk, and right. Padding is on no disk. */
  holds(piece: number): boolean {
    const { geometry, files } = this.#torrent.metainfo;
    const start = piece * geometry.pieceLengthBytes;
    const end = Math.min(start + geometry.pieceLengthBytes, geometry.totalBytes);
    return files.every(({ offset, lengthBytes, isPadding }, file) => {
      if (isPadding) return true;
      const from = Math.max(start, offset) - offset;
      const to = Math.min(end, offset + lengthBytes) - offset;
      if (from >= to) return true;
      const right = this.#torrent.files[file]?.bytes.subarray(from, to) ?? new Uint8Array();
      return Buffer.compare(this.#read(file, from, to), right) === 0;
    });
  }

  /** @throws when a piece that a peer was told of is not on the disk. */
  prove(piece: number): void {
    if (!this.holds(piece))
      throw new Error(`a peer was told of piece ${piece}, which is not there`);
  }

  /** SHA-256 of each file on the disk, `absent` for one that is not there. */
  sha256(): readonly string[] {
    return unharmed(this.#engine.machine.disk, (disk) =>
      this.#torrent.files.map((_, file) =>
        disk.stat(this.#path(file)) === undefined
          ? "absent"
          : hash("sha256", disk.readFile(this.#path(file))),
      ),
    );
  }

  /** Sentences about files that are not as they have to be. */
  differences(): readonly string[] {
    return this.#torrent.files
      .filter((_, file) => !this.#isRight(file))
      .map(({ path }) => `${path} is not as it was`);
  }

  #isRight(file: number): boolean {
    const right = this.#torrent.files[file]?.bytes ?? new Uint8Array();
    const { disk } = this.#engine.machine;
    const lengthBytes = unharmed(disk, () => disk.stat(this.#path(file))?.lengthBytes);
    if (this.#torrent.metainfo.files[file]?.isPadding === true) return lengthBytes === undefined;
    if (lengthBytes !== right.length) return false;
    for (let from = 0; from < right.length; from += lookBytes) {
      const part = right.subarray(from, from + lookBytes);
      if (Buffer.compare(this.#read(file, from, from + part.length), part) !== 0) return false;
    }
    return true;
  }

  /** Bytes of a file, fewer than asked for where it ends before. */
  #read(file: number, from: number, to: number): Uint8Array {
    return unharmed(this.#engine.machine.disk, (disk) => {
      if (disk.stat(this.#path(file)) === undefined) return new Uint8Array();
      const bytes = new Uint8Array(to - from);
      const handle = disk.open(this.#path(file), "read");
      const lengthBytes = disk.read(handle, [bytes], from);
      disk.close(handle);
      return bytes.subarray(0, lengthBytes);
    });
  }

  #path(file: number): string {
    return `${downloadFolder}/${this.#torrent.files[file]?.path}`;
  }
}

/** Looks at a disk whose faults are for the engine. */
export function unharmed<Result>(
  disk: SimulatedDisk,
  look: (disk: SimulatedDisk) => Result,
): Result {
  const { fault } = disk;
  disk.fault = undefined;
  try {
    return look(disk);
  } finally {
    disk.fault = fault;
  }
}

/** SHA-256 of each file as it has to be. */
export function rightSha256(torrent: SimulatedTorrent): readonly string[] {
  return torrent.files.map(({ bytes }, file) =>
    torrent.metainfo.files[file]?.isPadding === true ? "absent" : hash("sha256", bytes),
  );
}

/** Looks at each piece once, when the engine first claims it: at once, since a false claim may be true later. */
export class HaveWatch {
  readonly #engine: SimulatedEngine;
  readonly #torrent: SimulatedTorrent;
  readonly #disk: DiskView;
  #claimed = new Uint8Array();
  #map: SharedArrayBuffer | undefined;

  constructor(engine: SimulatedEngine, torrent: SimulatedTorrent) {
    this.#engine = engine;
    this.#torrent = torrent;
    this.#disk = new DiskView(engine, torrent);
  }

  /** To be called after every event of the world. @throws when a piece is claimed that is not on the disk. */
  look(): void {
    const map = this.#engine.jobOf(this.#torrent)?.content.ledger.map;
    if (map === undefined) return;
    const { bytes } = map;
    if (this.#map !== map.memory) this.#claimed = new Uint8Array(bytes.length);
    this.#map = map.memory;
    const claimed = this.#claimed;
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at] ?? 0;
      const before = claimed[at] ?? 0;
      if (byte === before) continue;
      this.#lookAt(at, byte & ~before);
      claimed[at] = byte;
    }
  }

  #lookAt(at: number, fresh: number): void {
    for (let bit = 0; fresh !== 0 && bit < 8; bit++) {
      const piece = at * 8 + bit;
      if ((fresh & (0x80 >> bit)) === 0 || this.#disk.holds(piece)) continue;
      throw new Error(`false have: piece ${piece} is claimed and not on the disk`);
    }
  }
}

/** Leftovers in an engine some seconds after the end of its downloads. */
export function leftovers(engine: SimulatedEngine): readonly string[] {
  const { engine: inside, jobs } = engine;
  if (inside === undefined || inside.torrents.size === 0) return ["no engine"];
  const found: string[] = [];
  const expect = (what: string, seen: number, due = 0): void => {
    if (seen !== due) found.push(`${what}: ${seen}, not ${due}`);
  };
  for (const { ledger, transfers } of jobs.map(({ content }) => content)) {
    expect("leases", [...ledger.leases()].length);
    expect("copies on their way", transfers.size);
  }
  for (const { name, pendingWrites } of inside.disks)
    expect(`pieces given to ${name}`, pendingWrites.size);
  expect("pieces that wait to be hashed", inside.hashPool.queued);
  expect("a piece with memory of its own", Number(inside.memory.oversizedPieces.isTaken));
  for (const peerWorker of inside.peerWorkers)
    expect(`uses of ${peerWorker.name}'s slab`, peerWorker.slab?.inUse ?? 0);
  for (const worker of engine.workers) found.push(...workerLeftovers(worker));
  return found;
}

function workerLeftovers(worker: PeerWorker): readonly string[] {
  const { name } = worker.context.self;
  const { totalBytes, freeBytes } = worker.downloads;
  const found: string[] = [];
  const expect = (what: string, seen: number): void => {
    if (seen !== 0) found.push(`${name}: ${seen} ${what}`);
  };
  expect("bytes of download memory not given back", totalBytes - freeBytes);
  expect("bytes kept for other workers", worker.transferredBytes);
  for (const { leases } of worker.contents()) {
    expect("leases that wait", leases.waiting.size);
    expect("open pieces", leases.open.size);
    expect("sealed pieces", leases.sealed.size);
    expect("copies for others", leases.outgoingTransfers.size);
  }
  return found;
}

/** Leftovers after the torrent was stopped. */
export function leftoversOfStopped(engine: SimulatedEngine): readonly string[] {
  const found = [...leftovers(engine)];
  for (const worker of engine.workers) {
    const { name } = worker.context.self;
    const { uploads } = worker;
    if (worker.torrents.size > 0) found.push(`${name}: the torrent is not closed`);
    if (uploads.freeBytes !== uploads.totalBytes) found.push(`${name}: upload memory is missing`);
  }
  const { files } = engine;
  // A dead file-worker has nothing open, and its successor got no storage.
  if (files !== undefined && files.storages.size > 0) found.push("the storage is open");
  if (files !== undefined && files.files.count > 0) found.push("files are open");
  return found;
}

/** The state of an engine, printed with a failed run. */
export function pictureOf({ jobs, engine, workers, log }: SimulatedEngine): string {
  const lines = [...log.slice(-20)];
  for (const {
    state,
    content: { ledger },
    directory,
    peers,
  } of jobs) {
    lines.push(
      `state ${state}, pieces ${[...ledger.states].join("")}`,
      `addresses ${directory.size}, untried ${directory.untriedCount}, connected ${peers.connectedCount}, admitted ${peers.size}`,
      `leases ${[...ledger.leases()].map(({ piece, worker }) => `${piece}@${worker}`).join(" ")}`,
      `dials ${engine?.peerWorkers.map(({ dials }) => dials.size).join(" ")}, given to file ${engine?.disks[0]?.pendingWrites.size}`,
    );
  }
  for (const worker of workers) {
    for (const { leases, torrent } of worker.contents()) {
      lines.push(
        `${worker.context.self.name}: waiting ${[...leases.waiting].map(({ lease }) => lease.piece).join(" ")}; open ${[...leases.open.keys()].join(" ")}; sealed ${[...leases.sealed.keys()].join(" ")}; copies ${leases.outgoingTransfers.size}; free ${worker.downloads.freeBytes}`,
      );
      for (const session of torrent.sessions) {
        lines.push(
          `  ${session.wire.phase} ${session.identity.host} out ${session.blocksOut} choked ${session.amChokedByPeer} interested ${session.amInterested} lacks ${session.chokeIfAny?.interestingPieces ?? 0}`,
        );
      }
    }
  }
  return lines.join("\n");
}
