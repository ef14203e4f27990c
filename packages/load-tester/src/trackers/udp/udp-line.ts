// One UDP socket to a tracker, its connection id, and the requests that wait for that id.

import type { Address, DatagramSocket, Ports } from "@troupe/actor-runtime";
import { readUint32 } from "@troupe/protocol/bytes";
import { udpConnectBytes, UdpReplyView, writeUdpConnect } from "@troupe/protocol/tracker";
import type { DatagramSlab } from "@troupe/load-peers";
import type { NamedPeers } from "../checks/named-peers.ts";
import type { TrackerAnswers } from "../tracker-transport.ts";
import { UdpConnection } from "./udp-connection.ts";
import { UdpNamedPeers } from "./udp-named-peers.ts";

/** Requests of a socket that wait for its connection id. */
const maxWaiting = 16_384;
const transactionIdAt = 12;

/** Parts of a line. */
interface UdpLineParts {
  readonly ports: Pick<Ports, "clock" | "datagrams" | "random">;
  readonly target: Address;
  readonly family: 4 | 6;
  readonly answers: TrackerAnswers;
  readonly slab: DatagramSlab;
  /** @returns The label of a tracker's refusal. */
  readonly labelOf: (reason: string) => string;
}

/** A socket. Requests are whole datagrams but for their connection id. */
export class UdpLine {
  readonly #parts: UdpLineParts;
  readonly #connection = new UdpConnection();
  readonly #view = new UdpReplyView();
  readonly #peers: NamedPeers;
  readonly #waiting: Uint8Array[] = [];
  #socket: DatagramSocket | undefined;

  constructor(parts: UdpLineParts) {
    this.#parts = parts;
    this.#peers = new UdpNamedPeers(this.#view, parts.family);
  }

  /** @param host Undefined for the system's choice. @throws rejects with the system's code. */
  async bind(host: string | undefined): Promise<void> {
    const { datagrams } = this.#parts.ports;
    const any = this.#parts.family === 4 ? "0.0.0.0" : "::";
    this.#socket = await datagrams.bind(
      { host: host ?? any, port: 0 },
      {
        received: (bytes, from) => this.#received(bytes, from),
        notSent: (_, code) => this.#parts.answers.failed(code),
      },
    );
  }

  /** Asks for a connection id, if there is none. */
  open(): void {
    const nowMs = this.#parts.ports.clock.nowMs();
    if (this.#connection.needsConnect(nowMs)) this.#connect(nowMs);
  }

  /** Sends a request once there is a connection id. @param packet Belongs to the line from now on. */
  send(packet: Uint8Array): void {
    const nowMs = this.#parts.ports.clock.nowMs();
    const id = this.#connection.idAt(nowMs);
    if (id !== undefined) return this.#sendWith(id, packet);
    if (this.#waiting.length >= maxWaiting) {
      this.#parts.answers.failed("no connection id", readUint32(packet, transactionIdAt));
      return;
    }
    this.#waiting.push(packet);
    if (this.#connection.needsConnect(nowMs)) this.#connect(nowMs);
  }

  /** Renews the connection id in time. */
  tick(nowMs: number): void {
    const isUsed = this.#waiting.length > 0 || this.#connection.idAt(nowMs) !== undefined;
    if (isUsed && this.#connection.needsConnect(nowMs)) this.#connect(nowMs);
  }

  close(): void {
    this.#waiting.length = 0;
    this.#socket?.close();
  }

  #connect(nowMs: number): void {
    const transactionId = this.#parts.ports.random.integer(0x1_0000_0000);
    const packet = this.#parts.slab.take(udpConnectBytes);
    writeUdpConnect(packet, transactionId);
    this.#connection.connecting(transactionId, nowMs);
    this.#socket?.send(packet, this.#parts.target);
  }

  #sendWith(id: Uint8Array, packet: Uint8Array): void {
    packet.set(id, 0);
    this.#socket?.send(packet, this.#parts.target);
  }

  #received(bytes: Uint8Array, from: Address): void {
    const { answers, target, family } = this.#parts;
    if (from.port !== target.port || from.host !== target.host) {
      return answers.wrong("from another address");
    }
    const view = this.#view;
    switch (view.read(bytes, family)) {
      case "announce":
        return answers.announced(view.transactionId, view.intervalSeconds, this.#peers);
      case "scrape":
        return this.#scraped();
      case "connect":
        return this.#connected();
      case "error":
        return this.#refused();
      case undefined:
        return answers.wrong("malformed");
      default:
    }
  }

  #scraped(): void {
    const { transactionId, torrentCount, complete, incomplete } = this.#view;
    const { answers } = this.#parts;
    if (torrentCount === 1) answers.scraped(transactionId, complete + incomplete);
    else answers.wrong("counts of other swarms", transactionId);
  }

  #connected(): void {
    const { transactionId, connectionId } = this.#view;
    const nowMs = this.#parts.ports.clock.nowMs();
    if (!this.#connection.connected(transactionId, connectionId, nowMs)) {
      return this.#parts.answers.wrong("another transaction");
    }
    const id = this.#connection.idAt(nowMs);
    if (id === undefined) return;
    for (const packet of this.#waiting.splice(0)) this.#sendWith(id, packet);
  }

  #refused(): void {
    const { transactionId, reason } = this.#view;
    this.#connection.refused(this.#parts.ports.clock.nowMs());
    this.#parts.answers.wrong(this.#parts.labelOf(reason), transactionId);
  }
}
