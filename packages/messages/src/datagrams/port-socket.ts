// The sockets of a user of the peers' UDP port, over its link to the owner of the port. They outlive the owner: what is
// sent until its successor has opened the port is lost, as datagrams may be.

import {
  systemError,
  type Address,
  type BindOptions,
  type DatagramHandlers,
  type Datagrams,
  type DatagramSocket,
  type Ref,
  type Timers,
} from "@troupe/actor-runtime";
import type { AddressFamily } from "@troupe/protocol/tracker";
import { BatchWriter, readBatch, type BatchHandlers } from "./datagram-batch.ts";
import type { PortProtocol, PortUser, UdpListening } from "./port.messages.ts";

/** Messages that a link must have room for beside a batch; with less room a batch is lost: the owner does not keep up. */
const leastCredits = 64;

/** The means of {@link PortSockets}. */
interface PortServices {
  readonly user: PortUser;
  readonly owner: Ref<PortProtocol>;
  readonly timers: Timers;
}

/** `idle`: no socket has been asked for. `asked`: the owner has not answered, or there is none. */
type PortState =
  | { readonly kind: "idle" }
  | { readonly kind: "asked" }
  | { readonly kind: "open"; readonly listening: UdpListening };

interface WaitingBind {
  readonly family: AddressFamily;
  readonly handlers: DatagramHandlers;
  readonly resolve: (socket: DatagramSocket) => void;
  readonly reject: (error: Error) => void;
}

/** One socket a family, all at the port of the owner. The actor passes on links and messages of the owner. */
export class PortSockets implements Datagrams {
  readonly #services: PortServices;
  readonly #sockets = new Map<AddressFamily, PortSocket>();
  readonly #writer = new BatchWriter();
  readonly #handlers: BatchHandlers = {
    datagram: (bytes, from) => this.#socketOf(from)?.handlers.received(bytes, from),
    refused: (to, code) => this.#socketOf(to)?.handlers.notSent?.(to, code),
  };
  #waiting: WaitingBind[] = [];
  #state: PortState = { kind: "idle" };

  constructor(services: PortServices) {
    this.#services = services;
  }

  /**
   * Settles when the owner has opened its port, or cannot. Host and number of the port are the owner's; `options` tells
   * the family.
   *
   * @throws rejects with the system's code for the owner's socket of the family, with `EADDRINUSE` for a family that has
   *   a socket here, and with `EAFNOSUPPORT` for one that the owner does not use.
   */
  bind({ host, port }: BindOptions, handlers: DatagramHandlers): Promise<DatagramSocket> {
    const family = familyOf(host);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ family, handlers, resolve, reject });
      if (this.#state.kind === "idle") this.#ask();
      else if (this.#state.kind === "open") this.#settle(this.#state.listening, port);
    });
  }

  /** An owner is linked. */
  linked(): void {
    if (this.#state.kind !== "idle") this.#ask();
  }

  /** The owner is gone. */
  unlinked(): void {
    if (this.#state.kind === "open") this.#state = { kind: "asked" };
  }

  /** `port-opened` has come. */
  opened(listening: UdpListening): void {
    this.#state = { kind: "open", listening };
    this.#settle(listening, 0);
  }

  /** `datagrams-received` has come. An error of a handler leaves the other datagrams unread. */
  received({ batch }: { readonly batch: Uint8Array }): void {
    readBatch(batch, this.#handlers);
    this.#tellWithRoom("datagrams-taken");
  }

  /** Without an owner, its successor is asked when it is linked. */
  #ask(): void {
    this.#state = { kind: "asked" };
    if (this.#services.owner.peer !== undefined) this.#tellWithRoom("use-port");
  }

  #tellWithRoom(name: "datagrams-taken" | "use-port"): void {
    const { owner, user } = this.#services;
    if (owner.credits > 0) owner.cast(name, { user });
    else owner.whenRoom(() => owner.cast(name, { user }));
  }

  #settle({ sockets, refused }: UdpListening, port: number): void {
    for (const { family, handlers, resolve, reject } of this.#waiting.splice(0)) {
      const opened = sockets.find((socket) => socket.family === family);
      const refusal = refused.find((each) => each.family === family);
      const where = `at the shared port ${opened?.port ?? port}`;
      if (opened === undefined) {
        reject(systemError(refusal?.code ?? "EAFNOSUPPORT", `cannot receive UDP ${where}`));
      } else if (this.#sockets.has(family)) {
        reject(systemError("EADDRINUSE", `cannot receive UDP twice ${where}`));
      } else {
        const { host } = opened;
        resolve(this.#open(family, { host, port: opened.port }, handlers));
      }
    }
  }

  #open(family: AddressFamily, address: Address, handlers: DatagramHandlers): DatagramSocket {
    const send = (bytes: Uint8Array, to: Address): void => this.#send(bytes, to);
    const closed = (): void => void this.#sockets.delete(family);
    const socket = new PortSocket(address, handlers, { send, closed });
    this.#sockets.set(family, socket);
    return socket;
  }

  #send(bytes: Uint8Array, to: Address): void {
    if (this.#writer.entries === 0) this.#services.timers.soon(() => this.#flush());
    if (this.#writer.add(bytes, to)) return;
    this.#flush();
    this.#writer.add(bytes, to);
  }

  /** A batch that was full has left: the end of the turn may find nothing. */
  #flush(): void {
    if (this.#writer.entries === 0) return;
    const { owner, user } = this.#services;
    const batch = this.#writer.take();
    if (owner.credits >= leastCredits) owner.cast("send-datagrams", { user, batch });
  }

  #socketOf({ host }: Address): PortSocket | undefined {
    return this.#sockets.get(familyOf(host));
  }
}

class PortSocket implements DatagramSocket {
  readonly address: Address;
  readonly handlers: DatagramHandlers;
  #port: { send(bytes: Uint8Array, to: Address): void; closed(): void } | undefined;

  constructor(
    address: Address,
    handlers: DatagramHandlers,
    port: { send(bytes: Uint8Array, to: Address): void; closed(): void },
  ) {
    this.address = address;
    this.handlers = handlers;
    this.#port = port;
  }

  send(bytes: Uint8Array, to: Address): void {
    this.#port?.send(bytes, to);
  }

  close(): void {
    this.#port?.closed();
    this.#port = undefined;
  }
}

function familyOf(host: string): AddressFamily {
  return host.includes(":") ? 6 : 4;
}
