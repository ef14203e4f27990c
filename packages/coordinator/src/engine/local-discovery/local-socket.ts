// The socket of one local network: it sends announces to the group of its family, and passes on those of neighbours. Every
// machine of the network can send to it, with the address of any other as source.

import { codeOf, WindowCount, type Context, type DatagramSocket } from "@troupe/actor-runtime";
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

type SocketState =
  | { readonly state: "opening" }
  | { readonly state: "open"; readonly socket: DatagramSocket }
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
        (socket) => this.#opened(socket),
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
      this.#state.socket.send(bytes, localGroups[this.network.family]);
  }

  close(): void {
    if (this.#state.state === "open") this.#state.socket.close();
    this.#state = { state: "closed" };
  }

  #bind(): Promise<DatagramSocket> {
    const { family, through } = this.network;
    const group = localGroups[family];
    const options = {
      host: family === 6 ? "::" : "0.0.0.0",
      port: group.port,
      // Other clients of this machine receive at the same port.
      isShared: true,
      group: { host: group.host, through },
    };
    return this.#context.datagrams.bind(options, {
      received: (bytes, from) => this.#received(bytes, from.host),
      notSent: (_to, code) => this.#closeAfter("send", code),
    });
  }

  #opened(socket: DatagramSocket): void {
    if (this.#state.state === "closed") return socket.close();
    this.#state = { state: "open", socket };
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

function announceOf(bytes: Uint8Array): LocalAnnounce | undefined {
  try {
    return decodeLocalAnnounce(bytes);
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}
