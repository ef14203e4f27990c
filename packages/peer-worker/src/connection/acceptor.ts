import { codeOf, type Listener, type Stream, type StreamHandlers } from "@troupe/actor-runtime";

import { Handshake } from "./handshake.ts";
import type { PeerWorker } from "../peer-worker.ts";

/** Listens for peers, and owns accepted connections until their handshake ends. */
export class Acceptor {
  readonly #worker: PeerWorker;
  readonly #handshakes: Set<Handshake> = new Set<Handshake>();
  #listeners: Listener[] = [];

  constructor(worker: PeerWorker) {
    this.#worker = worker;
  }

  /**
   * Listens on every address of `hosts`, instead of the previous addresses.
   *
   * @param port 0: the system chooses for the first address; the others use the same port.
   * @returns The port, or the system's code of the first address that failed; then none is listened on.
   */
  async listen(
    hosts: readonly string[],
    port: number,
    reusePort: boolean,
  ): Promise<{ readonly port: number } | { readonly refused: string; readonly host: string }> {
    await this.close();
    let chosen = port;
    for (const host of hosts) {
      try {
        const options = { host, port: chosen, reusePort, ipv6Only: host.includes(":") };
        // In sequence: the first address decides the port. oxlint-disable-next-line no-await-in-loop
        const listener = await this.#worker.context.sockets.listen(options, (stream) =>
          this.#accept(stream),
        );
        this.#listeners.push(listener);
        chosen = listener.address.port;
      } catch (error) {
        // oxlint-disable-next-line no-await-in-loop
        await this.close();
        const refused = codeOf(error);
        if (refused === undefined) throw error;
        return { refused, host };
      }
    }
    this.#worker.listenPort = hosts.length === 0 ? undefined : chosen;
    return { port: chosen };
  }

  async close(): Promise<void> {
    const listeners = this.#listeners;
    this.#listeners = [];
    this.#worker.listenPort = undefined;
    await Promise.all(listeners.map((listener) => listener.close()));
  }

  /** The IP filter has changed. */
  closeFiltered(): void {
    for (const handshake of this.#handshakes) handshake.failIfFiltered();
  }

  handshakeEnded(handshake: Handshake): void {
    this.#handshakes.delete(handshake);
  }

  #accept(stream: Stream): StreamHandlers {
    const handshake = new Handshake(this.#worker, this, undefined);
    handshake.connection.attach(stream);
    handshake.accepted();
    const reason = this.#rejectAddress(stream);
    if (reason !== undefined) {
      handshake.fail(reason);
      return handshake.connection;
    }
    this.#handshakes.add(handshake);
    const [oldest] = this.#handshakes;
    // Silent connections must not keep others out.
    if (this.#handshakes.size > this.#worker.options.handshakeLimit)
      oldest?.fail("too-many-handshakes");
    return handshake.connection;
  }

  #rejectAddress({ remote: { host, port } }: Stream): string | undefined {
    if (this.#worker.ipFilter.has(host)) return "ip-filtered";
    if (this.#worker.quarantine.has(host, port, this.#worker.nowMs())) return "set-aside";
    return this.#worker.addressThrottle.throttle(host);
  }
}
