import {
  codeOf,
  type Address,
  type DatagramSocket,
  type Ports,
  type Stream,
  type StreamHandlers,
} from "@troupe/actor-runtime";
import { type DatagramSlab, UtpSockets } from "@troupe/transport";
import { UtpDial } from "./utp-dial.ts";

/** For datagrams that come while the thread is busy with other peers: 700 of the longest. The system may give less. */
const receiveBufferBytes = 1024 * 1024;

/** Ports of a socket for uTP. */
export type UtpLinePorts = Pick<Ports, "clock" | "timers" | "random" | "datagrams">;

interface Datagram {
  readonly bytes: Uint8Array;
  readonly to: Address;
}

/** A line opens once, and closes once. Datagrams wait while it opens: a SYN for each dial. */
type State =
  | { readonly kind: "opening"; readonly waiting: Datagram[] }
  | { readonly kind: "open"; readonly socket: DatagramSocket }
  | { readonly kind: "closed" };

/** A UDP socket with the uTP connections of all peers that dial from its address. It accepts none. */
export class UtpLine {
  readonly #timers: Ports["timers"];
  readonly #utp: UtpSockets;
  #state: State = { kind: "opening", waiting: [] };
  #turn: "begun" | "none" = "none";

  /** Opens the socket. @param host Numeric local address. @param slab Memory for datagrams of many lines. */
  constructor(ports: UtpLinePorts, host: string, slab: DatagramSlab) {
    this.#timers = ports.timers;
    this.#utp = new UtpSockets(ports, (bytes, to) => this.#send(bytes, to), { slab });
    void this.#open(ports, host);
  }

  get isClosed(): boolean {
    return this.#state.kind === "closed";
  }

  dial(to: Address, handlers: StreamHandlers, timeoutMs: number): Stream {
    const dial = new UtpDial(to, handlers);
    return this.#utp.dial(dial, dial, { timeoutMs });
  }

  close(): void {
    this.#end("closed");
  }

  async #open({ datagrams }: UtpLinePorts, host: string): Promise<void> {
    try {
      const socket = await datagrams.bind(
        { host, port: 0, receiveBufferBytes },
        {
          received: (bytes, from) => this.#received(bytes, from),
          notSent: (to, code) => this.#notSent(to, code),
        },
      );
      const state = this.#state;
      if (state.kind !== "opening") return socket.close();
      this.#state = { kind: "open", socket };
      for (const { bytes, to } of state.waiting) socket.send(bytes, to);
    } catch (error) {
      this.#end(codeOf(error) ?? "EIO");
    }
  }

  /** Connections that are open close with `reason`. */
  #end(reason: string): void {
    const state = this.#state;
    this.#utp.close(reason);
    this.#state = { kind: "closed" };
    if (state.kind === "open") state.socket.close();
  }

  #send(bytes: Uint8Array, to: Address): void {
    const state = this.#state;
    if (state.kind === "open") state.socket.send(bytes, to);
    if (state.kind === "opening") state.waiting.push({ bytes, to });
  }

  #received(bytes: Uint8Array, from: Address): void {
    this.#utp.received(bytes, from);
    this.#awaitTurnEnd();
  }

  #notSent(to: Address, code: string): void {
    if (to instanceof UtpDial) to.notSent(code);
    this.#utp.notSent(to, code);
    this.#awaitTurnEnd();
  }

  #awaitTurnEnd(): void {
    if (this.#turn === "begun") return;
    this.#turn = "begun";
    this.#timers.soon(this.#endTurn);
  }

  readonly #endTurn = (): void => {
    this.#turn = "none";
    this.#utp.batchEnded();
  };
}
