// The events of one engine and its torrent so far, and waits for later ones.

import type { Coordinator, Torrent, TorrentUserEvent, WorkerEvent } from "@troupe/coordinator";
import { waiting } from "../time/until.ts";

/** A `peer` event. */
export type PeerEvent = Extract<TorrentUserEvent, { readonly event: "peer" }>;

/** Everything said since the torrent was added; made before it is started. */
export class EventRecord {
  readonly torrent: Torrent;
  readonly workers: WorkerEvent[] = [];
  readonly peers: PeerEvent[] = [];
  readonly states: string[] = [];
  readonly warnings: { readonly code: string; readonly message: string }[] = [];
  readonly errors: { readonly code: string; readonly message: string }[] = [];
  /** Indices of verified pieces, as often as they were said. */
  readonly pieces: number[] = [];
  /** Pieces that came whole and were not what they should be. */
  failedPieces = 0;
  /** Times that figures were told: once a second, while it runs. */
  seconds = 0;
  /** How often it was said to be complete. */
  completions = 0;
  readonly #listeners = new Set<() => void>();

  constructor(coordinator: Coordinator, torrent: Torrent) {
    this.torrent = torrent;
    const note = (take: () => void): void => {
      take();
      for (const listener of this.#listeners) listener();
    };
    coordinator.on("worker", (event) => note(() => this.workers.push(event)));
    torrent.on("peer", (event) => note(() => this.peers.push(event)));
    torrent.on("state", ({ state }) => note(() => this.states.push(state)));
    torrent.on("warning", (event) => note(() => this.warnings.push(event)));
    torrent.on("error", (event) => note(() => this.errors.push(event)));
    torrent.on("complete", () => note(() => this.completions++));
    torrent.on("progress", () => note(() => this.seconds++));
    torrent.on("piece", ({ index, verified }) =>
      note(() => {
        if (verified) this.pieces.push(index);
        else this.failedPieces++;
      }),
    );
  }

  /** Peers that were said to be gone. */
  get partings(): PeerEvent[] {
    return this.peers.filter(({ connected }) => !connected);
  }

  /** How often a worker of this name was said to have ended without being asked to. */
  crashesOf(name: string): number {
    return this.#timesSaid(name, "restarting");
  }

  /** How often a worker of this name was said to run again. */
  restartsOf(name: string): number {
    return this.#timesSaid(name, "running");
  }

  /** Settles as soon as `holds`; looks again after each event. The report of a run that hangs has what was said. */
  async until(what: string, holds: () => boolean): Promise<void> {
    if (holds()) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const look = (): void => {
      if (holds()) resolve();
    };
    this.#listeners.add(look);
    try {
      await waiting(
        () => `${what}: ${this.#soFar()}`,
        async () => await promise,
      );
    } finally {
      this.#listeners.delete(look);
    }
  }

  #timesSaid(name: string, state: string): number {
    return this.workers.filter(
      (event) => event.name === name && event.state === state && event.restarts > 0,
    ).length;
  }

  #soFar(): string {
    const { torrent, workers, errors, warnings } = this;
    const said = JSON.stringify({ workers, errors, warnings, partings: this.partings });
    return `${this.pieces.length} pieces said, torrent ${torrent.state}, ${torrent.left} bytes left; said: ${said}`;
  }
}
