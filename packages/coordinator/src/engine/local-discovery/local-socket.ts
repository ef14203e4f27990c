// The socket of one local network: it sends announces to the group of its family, and passes on those of neighbours. Every
// machine of the network can send to it, with the address of any other as source.

import {
  codeOf,
  WindowCount,
  type Address,
  type Context,
  type DatagramHandlers,
  type DatagramSocket,
} from "@troupe/actor-runtime";
import { decodeLocalAnnounce, localGroups, type LocalAnnounce } from "@troupe/protocol/discovery";
import { ProtocolError } from "@troupe/protocol/errors";
import { isNeighbour, type LocalNetwork } from "./local-networks.ts";

/** Announces of neighbours on an interface that are read in a second; further ones are ignored. */
export const announcesPerSecond = 20;
/** Datagrams in a second that close the socket until the next look at the interfaces. */
export const floodPerSecond = 1_000;
const secondMs = 1_000;

/** An error of the system, or a flood. */
export interface SocketFailure {
  readonly step: "open" | "send" | "receive";
  readonly code: string;
}

/** One socket, or two where announces leave from another address than the system chooses. */
interface SocketPair {
  readonly receiver: DatagramSocket;
  readonly sender: DatagramSocket;
}

type SocketState =
  | { readonly state: "opening" }
  | { readonly state: "open"; readonly pair: SocketPair }
  | { readonly state: "closed" };

/** The owner of the socket. */
export interface SocketOwner {
  opened(): void;
  announced(announce: LocalAnnounce, host: string): void;
  /** The socket has closed itself. */
  failed(failure: SocketFailure): void;
}

/** The parts of the context that a socket uses. */
type SocketContext = Pick<Context, "clock" | "datagrams" | "fail">;

/** Opens at once, and never again after it has closed. */
export class LocalSocket {
  /** The addresses of an interface may change while it is used. */
  network: LocalNetwork;
  readonly #context: SocketContext;
  readonly #owner: SocketOwner;
  readonly #datagrams = new WindowCount(floodPerSecond, secondMs);
  /** Announces from all networks of the interface. */
  readonly announces: WindowCount;
  #state: SocketState = { state: "opening" };

  constructor(
    context: SocketContext,
    network: LocalNetwork,
    owner: SocketOwner,
    announces: WindowCount = new WindowCount(announcesPerSecond, secondMs),
  ) {
    this.network = network;
    this.announces = announces;
    this.#context = context;
    this.#owner = owner;
    this.#bind()
      .then(
        (pair) => this.#opened(pair),
        (error: unknown) => this.#closeAfter("open", codeOf(error) ?? "EIO"),
      )
      .catch((error: unknown) => context.fail(error));
  }

  get isOpening(): boolean {
    return this.#state.state === "opening";
  }

  get isOpen(): boolean {
    return this.#state.state === "open";
  }

  get isClosed(): boolean {
    return this.#state.state === "closed";
  }

  /** Before it is open, nothing is sent. */
  send(bytes: Uint8Array): void {
    if (this.#state.state === "open")
      this.#state.pair.sender.send(bytes, localGroups[this.network.family]);
  }

  close(): void {
    if (this.#state.state === "open") closeBoth(this.#state.pair);
    this.#state = { state: "closed" };
  }

  async #bind(): Promise<SocketPair> {
    const { datagrams } = this.#context;
    const { family, source, through } = this.network;
    const group = { host: localGroups[family].host, through };
    const notSent = (_to: Address, code: string): void => this.#closeAfter("send", code);
    const options = {
      host: family === 6 ? "::" : "0.0.0.0",
      port: localGroups[family].port,
      // Other clients of this machine receive at the same port.
      isShared: true,
      group,
    };
    const received: DatagramHandlers["received"] = (bytes, { host }) => this.#received(bytes, host);
    const receiver = await datagrams.bind(options, { received, notSent });
    if (source === undefined) return { receiver, sender: receiver };
    try {
      // A socket at this address would receive no datagram of the group.
      const handlers = { received: () => undefined, notSent };
      const sender = await datagrams.bind({ host: source, port: 0, group }, handlers);
      return { receiver, sender };
    } catch (error) {
      receiver.close();
      throw error;
    }
  }

  #opened(pair: SocketPair): void {
    if (this.#state.state === "closed") return closeBoth(pair);
    this.#state = { state: "open", pair };
    this.#owner.opened();
  }

  /** Linux also delivers datagrams that came to the group on other networks. */
  #received(bytes: Uint8Array, host: string): void {
    const nowMs = this.#context.clock.nowMs();
    if (!this.#datagrams.take(nowMs)) return this.#closeAfter("receive", "flooded");
    if (!isNeighbour(this.network, host)) return;
    if (!this.announces.take(nowMs)) return;
    const announce = announceOf(bytes);
    if (announce !== undefined) this.#owner.announced(announce, host);
  }

  #closeAfter(step: SocketFailure["step"], code: string): void {
    if (this.isClosed) return;
    this.close();
    this.#owner.failed({ step, code });
  }
}

function closeBoth({ receiver, sender }: SocketPair): void {
  receiver.close();
  sender.close();
}

function announceOf(bytes: Uint8Array): LocalAnnounce | undefined {
  try {
    return decodeLocalAnnounce(bytes);
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}
