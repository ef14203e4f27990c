// Many misbehaving peers at once, all behaviours in turns, each as another host of loopback.

import { catalogue } from "./catalogue.ts";
import { misbehave, type HostilePeer } from "./hostile-peer.ts";
import type { Line, Target } from "./line.ts";
import { dialLine, LineServer } from "./socket-line.ts";

/** How the crowd behaves. */
export interface CrowdOptions {
  readonly target: Target;
  readonly host: string;
  readonly port: number;
  /** Kept up as long as the crowd is there: who is closed comes back. */
  readonly connections: number;
  /** Of each connection: what one of so many remote attackers may send. */
  readonly bytesPerSecond: number;
  /** Pause before somebody who was closed connects again. */
  readonly againAfterMs: number;
  /** The same for peers that come back at once by nature. */
  readonly stormAfterMs: number;
}

/** What the crowd has done so far. */
export interface CrowdFigures {
  readonly connectionsMade: number;
  readonly openNow: number;
  readonly openAtMost: number;
  readonly sentBytes: number;
  readonly heardBytes: number;
}

/** The crowd; gone when disposed of. */
export class Crowd implements AsyncDisposable {
  readonly #options: CrowdOptions;
  readonly #leaving = new AbortController();
  readonly #lines = new Set<Line>();
  readonly #servers: LineServer[] = [];
  #connectionsMade = 0;
  #openAtMost = 0;
  #pastSentBytes = 0;
  #pastHeardBytes = 0;

  constructor(options: CrowdOptions) {
    this.#options = options;
  }

  /** Connects everybody. @returns where those listen who wait to be dialled. */
  async gather(): Promise<readonly { readonly host: string; readonly port: number }[]> {
    const diallers = catalogue.filter(({ isDialled }) => isDialled !== true);
    for (let peerWorker = 0; peerWorker < this.#options.connections; peerWorker++) {
      const peer = diallers[peerWorker % diallers.length];
      if (peer !== undefined) this.#sit(peer, peerWorker);
    }
    const listeners = catalogue.filter(({ isDialled }) => isDialled === true);
    for (const [index, peer] of listeners.entries()) {
      const options = this.#lineOptions(peer, this.#options.connections + index);
      // oxlint-disable-next-line no-await-in-loop
      this.#servers.push(await LineServer.open(options, (line) => void this.#run(peer, line)));
    }
    return this.#servers.map(({ host, port }) => ({ host, port }));
  }

  get figures(): CrowdFigures {
    const lines = [...this.#lines];
    return {
      connectionsMade: this.#connectionsMade,
      openNow: lines.length,
      openAtMost: this.#openAtMost,
      sentBytes: lines.reduce((sum, line) => sum + line.sentBytes, this.#pastSentBytes),
      heardBytes: lines.reduce((sum, line) => sum + line.heardBytes, this.#pastHeardBytes),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#leaving.abort();
    await Promise.all(this.#servers.map((server) => server[Symbol.asyncDispose]()));
    await Promise.all([...this.#lines].map(({ closed }) => closed));
  }

  /** One seat of the crowd: the same behaviour from the same address, again and again. */
  #sit(peer: HostilePeer, peerWorker: number): void {
    const { host, port, againAfterMs, stormAfterMs } = this.#options;
    const { signal } = this.#leaving;
    const localAddress = `127.${10 + (peerWorker >> 14)}.${(peerWorker >> 7) & 127}.${1 + (peerWorker & 127)}`;
    const options = this.#lineOptions(peer, peerWorker);
    const line = dialLine({ ...options, host, port, localAddress, signal });
    void this.#run(peer, line).then(() => {
      if (signal.aborted) return;
      const pauseMs = peer.comesBack === true ? stormAfterMs : againAfterMs;
      setTimeout(() => signal.aborted || this.#sit(peer, peerWorker), pauseMs).unref();
    });
  }

  async #run(peer: HostilePeer, line: Line): Promise<void> {
    this.#connectionsMade++;
    this.#lines.add(line);
    this.#openAtMost = Math.max(this.#openAtMost, this.#lines.size);
    await misbehave(peer, line);
    this.#lines.delete(line);
    this.#pastSentBytes += line.sentBytes;
    this.#pastHeardBytes += line.heardBytes;
  }

  #lineOptions({ connections = 1, name }: HostilePeer, peerWorker: number) {
    const { target, bytesPerSecond } = this.#options;
    // Those who connect many times as one share an id.
    const who =
      connections > 1 ? name.slice(0, 12).padEnd(12, "0") : `h${peerWorker}`.padStart(12, "0");
    return { target, bytesPerSecond, peerId: Buffer.from(`-XX0000-${who}`) };
  }
}
