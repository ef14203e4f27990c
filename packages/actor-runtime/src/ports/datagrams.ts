// UDP sockets of an actor.

import type { Address } from "./sockets.ts";

/** The most bytes of a datagram that a network carries in one packet. */
export const longestDatagramBytes = 1_500;

/** Where to receive, and how. */
export interface BindOptions extends Address {
  /** Other sockets may receive at the same port. Each gets every datagram of a group. Default false. */
  readonly isShared?: boolean;
  /** Receives the datagrams of this group as well. Datagrams to the group travel one hop and come back to this machine. */
  readonly group?: Multicast;
  /**
   * Bytes that the system keeps of datagrams that come while the thread is busy; it may give less. Default: the system's
   * choice.
   */
  readonly receiveBufferBytes?: number;
}

/** A multicast group. */
export interface Multicast {
  readonly host: string;
  /** Address of the interface that joins; `::%eth0` for IPv6. Default: the system's choice. */
  readonly through?: string;
}

/** One UDP socket. Each method does nothing after close. */
export interface DatagramSocket {
  readonly address: Address;
  /**
   * Bytes that a proxy takes of each packet beyond the headers of the socket's family; the way there may change them. Absent
   * or undefined: none.
   */
  readonly headerBytes?: number | undefined;
  /** Sends one datagram, which may be lost anywhere. The memory belongs to the socket from now on. */
  send(bytes: Uint8Array, to: Address): void;
  /** No handler is called afterwards. The port is free in a later turn. */
  close(): void;
}

/** The calls that the owner of a socket answers to. */
export interface DatagramHandlers {
  /** A datagram arrived. `bytes` is lent for the duration of the call. An IPv4 sender has its IPv4 address. */
  received(bytes: Uint8Array, from: Address): void;
  /**
   * The system refused to send: `ENETUNREACH`, `EPERM`, `EMSGSIZE` …
   * @param to The object that `send` got.
   */
  notSent?(to: Address, code: string): void;
}

/** UDP. */
export interface Datagrams {
  /**
   * Opens a socket. `::` receives IPv6 alone.
   *
   * @throws rejects with the system's code (`EADDRINUSE`, `EADDRNOTAVAIL`, `EAFNOSUPPORT` …).
   */
  bind(options: BindOptions, handlers: DatagramHandlers): Promise<DatagramSocket>;
}
