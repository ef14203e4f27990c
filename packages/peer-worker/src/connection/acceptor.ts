import { codeOf, type Listener, type Stream, type StreamHandlers } from "@troupe/actor-runtime";
import type { Transport } from "@troupe/messages";

import { Handshake } from "./handshake.ts";
import type { PeerWorker } from "../peer-worker.ts";

/** The addresses that are listened on. */
interface ListenPlace {
  readonly hosts: readonly string[];
  readonly port: number;
  readonly reusePort: boolean;
}

type ListenAnswer = { readonly port: number } | { readonly refused: string; readonly host: string };

/** Listens for peers, and owns accepted connections until their handshake ends. */
export class Acceptor {
  readonly #worker: PeerWorker;
  readonly #handshakes: Set<Handshake> = new Set<Handshake>();
  #listeners: Listener[] = [];
  /** The last addresses, with the port that the system chose. */
  #place: ListenPlace | undefined;

  constructor(worker: PeerWorker) {
    this.#worker = worker;
  }

  /**
   * Listens on every address of `hosts`, instead of the previous addresses.
   *
   * @param port 0: the system chooses for the first address; the others use the same port.
   * @returns The port, or the system's code of the first address that failed; then none is listened on.
   */
  async listen(hosts: readonly string[], port: number, reusePort: boolean): Promise<ListenAnswer> {
    await this.close();
    const answer = await this.#listenOverTcp({ hosts, port, reusePort });
    if ("refused" in answer) return answer;
    if (hosts.length > 0) this.#place = { hosts, port: answer.port, reusePort };
    // The number is that of the UDP port.
    if (this.#isOff("tcp")) await this.#closeListeners();
    this.#worker.listenPort = hosts.length === 0 ? undefined : answer.port;
    return answer;
  }

  /** Peers are accepted over uTP while the setting allows it and the UDP port is open. */
  acceptUtp(): void {
    const { utp } = this.#worker;
    if (utp === undefined) return;
    utp.accept = this.#isOff("utp") ? undefined : (stream) => this.accept(stream, "utp");
  }

  /** The setting has changed. A port that is closed for TCP sends dialling peers to uTP. */
  async followTransport(): Promise<void> {
    this.acceptUtp();
    const place = this.#place;
    if (place === undefined) return;
    if (this.#isOff("tcp")) return this.#closeListeners();
    if (this.#listeners.length > 0) return;
    const answer = await this.#listenOverTcp(place);
    if ("refused" in answer) this.#worker.context.log("error", "listen-lost", { ...answer });
  }

  async #listenOverTcp({ hosts, port, reusePort }: ListenPlace): Promise<ListenAnswer> {
    let chosen = port;
    for (const host of hosts) {
      try {
        const options = { host, port: chosen, reusePort, ipv6Only: host.includes(":") };
        // In sequence: the first address decides the port. oxlint-disable-next-line no-await-in-loop
        const listener = await this.#worker.context.sockets.listen(options, (stream) =>
          this.accept(stream, "tcp"),
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
    return { port: chosen };
  }

  async close(): Promise<void> {
    this.#place = undefined;
    this.#worker.listenPort = undefined;
    await this.#closeListeners();
  }

  async #closeListeners(): Promise<void> {
    const listeners = this.#listeners;
    this.#listeners = [];
    await Promise.all(listeners.map((listener) => listener.close()));
  }

  /** The IP filter has changed. */
  closeFiltered(): void {
    for (const handshake of this.#handshakes) handshake.failIfFiltered();
  }

  handshakeEnded(handshake: Handshake): void {
    this.#handshakes.delete(handshake);
  }

  /** A peer has connected. */
  accept(stream: Stream, transport: Transport): StreamHandlers {
    const handshake = new Handshake(this.#worker, this, undefined);
    handshake.connection.attach(stream, transport);
    handshake.accepted();
    const reason = this.#isOff(transport) ? "transport-off" : this.#rejectAddress(stream);
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

  #isOff(transport: Transport): boolean {
    return this.#worker.transport !== "both" && this.#worker.transport !== transport;
  }

  #rejectAddress({ remote: { host, port } }: Stream): string | undefined {
    if (this.#worker.ipFilter.has(host)) return "ip-filtered";
    if (this.#worker.quarantine.has(host, port, this.#worker.nowMs())) return "set-aside";
    return this.#worker.addressThrottle.throttle(host);
  }
}
