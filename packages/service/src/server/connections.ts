// The open connections: which place each came by, and its key in the bounds.

import type { Socket } from "node:net";
import { addressKeyOf, socketAddress } from "../guard/address-key.ts";
import { callerAddress } from "../guard/caller-address.ts";
import { isRefusal } from "../guard/refusal.ts";
import type { ListenPlace } from "../service.messages.ts";
import type { DoorWatch } from "./doors.ts";
import type { Guard } from "./guard.ts";

/** A TLS socket and the TCP socket below it have one name; a Unix socket has none, and stands for itself. */
export type ConnectionId = string | Socket;

/** Keeps the connections within their bounds. */
export class Connections implements DoorWatch {
  readonly #guard: Guard<ConnectionId>;
  readonly #open = new Map<
    ConnectionId,
    { readonly place: ListenPlace; readonly socket: Socket }
  >();
  /** A socket that has closed tells its own port no longer. */
  readonly #ids = new WeakMap<Socket, ConnectionId>();

  constructor(guard: Guard<ConnectionId>) {
    this.#guard = guard;
  }

  opened(socket: Socket, place: ListenPlace): void {
    // A client that goes away is no error of ours.
    socket.on("error", () => undefined);
    const { bounds, proxies, credentials } = this.#guard;
    const id = idOf(socket);
    const caller = callerAddress({ peer: peerOf(socket) }, proxies);
    const key = caller.isFromProxy ? undefined : addressKeyOf(caller.address);
    // The socket in the state folder has no bound of an address: its one caller is the user.
    const isKnown =
      place.kind === "local" || (key !== undefined && credentials?.queue.isKnown(key) === true);
    const admission = bounds.admit(id, place.kind === "local" ? undefined : key, isKnown);
    if (isRefusal(admission)) {
      socket.destroy();
      return;
    }
    this.#open.set(id, { place, socket });
    this.#ids.set(socket, id);
    if (admission.closes !== undefined) this.#open.get(admission.closes)?.socket.destroy();
  }

  closed(socket: Socket): void {
    const id = this.#ids.get(socket);
    if (id === undefined || this.#open.get(id)?.socket !== socket) return;
    this.#open.delete(id);
    this.#guard.bounds.remove(id);
  }

  /** The place that a request's connection came by. @returns Undefined for a connection that is being closed. */
  placeOf(socket: Socket): ListenPlace | undefined {
    return this.#open.get(idOf(socket))?.place;
  }
}

/** The name of a connection. */
export function idOf(socket: Socket): ConnectionId {
  const { remoteAddress, remotePort, localPort } = socket;
  if (remotePort === undefined) return socket;
  return `${remoteAddress} ${remotePort} ${localPort}`;
}

/** The address at the other end. */
export function peerOf({ remoteAddress }: Socket): string {
  return remoteAddress ?? socketAddress;
}
