// Many misbehaving peers at once, all behaviours in turns, each as another host of loopback.

import { catalogue } from "./catalogue.ts";
import { misbehave, type HostilePeer } from "./hostile-peer.ts";
import type { RawConnection, Target } from "./raw-connection.ts";
import { dialConnection, ConnectionServer } from "./socket-connection.ts";

/** How the crowd behaves. */
export interface CrowdOptions {
  readonly target: Target;
  readonly host: string;
  readonly port: number;
  /** Kept up as long as the crowd is there: who is closed comes back. */
  readonly connections: number;
  /** Of each connection: what one of so many remote attackers may send. */
  readonly bytesPerSecond: number;
  /** Pause before a peer that was closed connects again. */
  readonly againAfterMs: number;
  /** The same for peers that come back at once by nature. */
  readonly stormAfterMs: number;
}

/** The counts of the crowd so far. */
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
  readonly #connections = new Set<RawConnection>();
  readonly #servers: ConnectionServer[] = [];
  #connectionsMade = 0;
  #openAtMost = 0;
  #pastSentBytes = 0;
  #pastHeardBytes = 0;

  constructor(options: CrowdOptions) {
    this.#options = options;
  }

  /** Connects all peers. @returns The addresses of the peers that wait to be dialled. */
  async gather(): Promise<readonly { readonly host: string; readonly port: number }[]> {
    const diallers = catalogue.filter(({ isDialled }) => isDialled !== true);
    for (let member = 0; member < this.#options.connections; member++) {
      const peer = diallers[member % diallers.length];
      if (peer !== undefined) this.#dial(peer, member);
    }
    const listeners = catalogue.filter(({ isDialled }) => isDialled === true);
    for (const [index, peer] of listeners.entries()) {
      const options = this.#connectionOptions(peer, this.#options.connections + index);
      // oxlint-disable-next-line no-await-in-loop
      this.#servers.push(
        await ConnectionServer.open(options, (connection) => void this.#run(peer, connection)),
      );
    }
    return this.#servers.map(({ host, port }) => ({ host, port }));
  }

  get figures(): CrowdFigures {
    const connections = [...this.#connections];
    return {
      connectionsMade: this.#connectionsMade,
      openNow: connections.length,
      openAtMost: this.#openAtMost,
      sentBytes: connections.reduce(
        (sum, connection) => sum + connection.sentBytes,
        this.#pastSentBytes,
      ),
      heardBytes: connections.reduce(
        (sum, connection) => sum + connection.heardBytes,
        this.#pastHeardBytes,
      ),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#leaving.abort();
    await Promise.all(this.#servers.map((server) => server[Symbol.asyncDispose]()));
    await Promise.all([...this.#connections].map(({ closed }) => closed));
  }

  /** One seat of the crowd: the same behaviour from the same address, again and again. */
  #dial(peer: HostilePeer, member: number): void {
    const { host, port, againAfterMs, stormAfterMs } = this.#options;
    const { signal } = this.#leaving;
    const localAddress = `127.${10 + (member >> 14)}.${(member >> 7) & 127}.${1 + (member & 127)}`;
    const options = this.#connectionOptions(peer, member);
    const connection = dialConnection({ ...options, host, port, localAddress, signal });
    void this.#run(peer, connection).then(() => {
      if (signal.aborted) return;
      const pauseMs = peer.comesBack === true ? stormAfterMs : againAfterMs;
      setTimeout(() => signal.aborted || this.#dial(peer, member), pauseMs).unref();
    });
  }

  async #run(peer: HostilePeer, connection: RawConnection): Promise<void> {
    this.#connectionsMade++;
    this.#connections.add(connection);
    this.#openAtMost = Math.max(this.#openAtMost, this.#connections.size);
    await misbehave(peer, connection);
    this.#connections.delete(connection);
    this.#pastSentBytes += connection.sentBytes;
    this.#pastHeardBytes += connection.heardBytes;
  }

  #connectionOptions({ connections = 1, name }: HostilePeer, member: number) {
    const { target, bytesPerSecond } = this.#options;
    // Connections of one peer share its id.
    const who =
      connections > 1 ? name.slice(0, 12).padEnd(12, "0") : `h${member}`.padStart(12, "0");
    return { target, bytesPerSecond, peerId: Buffer.from(`-XX0000-${who}`) };
  }
}
