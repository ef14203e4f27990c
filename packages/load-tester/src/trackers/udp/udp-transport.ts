// Clients of a tracker over UDP. A socket and an address for each of twenty thousand clients would be too many: up to 64
// sockets, each at the source address of its first client, carry them all, and their ports tell them apart.

import type { Address, Ports } from "@troupe/actor-runtime";
import {
  udpAnnounceTemplate,
  udpScrapeBytes,
  writeUdpAnnounce,
  writeUdpScrape,
  type UdpAnnounceFields,
} from "@troupe/protocol/tracker";
import { DatagramSlab } from "@troupe/load-peers";
import { ReasonLabels } from "../../requests/reason-labels.ts";
import type { SocketPool } from "../../requests/socket-pool.ts";
import type { HostOf } from "../clients/client-addresses.ts";
import type { ClientIds } from "../clients/client-ids.ts";
import type { OutgoingAnnounce, TrackerAnswers, TrackerTransport } from "../tracker-transport.ts";
import { UdpLine } from "./udp-line.ts";

/** Sockets of a group in one generator. */
export const maxTrackerSockets = 64;

/** Parts of the transport. */
interface UdpTransportParts {
  readonly ports: Pick<Ports, "clock" | "datagrams" | "random">;
  readonly url: string;
  readonly target: Address;
  readonly family: 4 | 6;
  readonly ids: ClientIds;
  readonly sockets: SocketPool;
  /** Peers asked for. */
  readonly wanted: number;
  readonly answers: TrackerAnswers;
}

/** BEP 15, without an allocation for each request but its packet. */
export class UdpTransport implements TrackerTransport {
  readonly #parts: UdpTransportParts;
  readonly #slab = new DatagramSlab();
  readonly #lines: UdpLine[] = [];
  readonly #template: Uint8Array;
  readonly #fields: UdpAnnounceFields;
  readonly #noConnectionId = new Uint8Array(8);

  private constructor(parts: UdpTransportParts) {
    this.#parts = parts;
    this.#template = udpAnnounceTemplate(parts.url);
    this.#fields = {
      connectionId: this.#noConnectionId,
      infoHash: new Uint8Array(20),
      peerId: new Uint8Array(20),
      numWant: parts.wanted,
      ...{
        transactionId: 0,
        downloaded: 0,
        left: 0,
        uploaded: 0,
        event: undefined,
        key: 0,
        port: 0,
      },
    };
  }

  /**
   * Binds the sockets; sends nothing.
   *
   * @param hostOf The local address of a client.
   * @throws rejects with the system's code.
   */
  static async open(parts: UdpTransportParts, hostOf: HostOf): Promise<UdpTransport> {
    const transport = new UdpTransport(parts);
    try {
      for (let socket = 0; socket < parts.sockets.socketCount; socket++) {
        const labels = new ReasonLabels();
        const labelOf = (reason: string): string => labels.label(reason);
        const line = new UdpLine({ ...parts, slab: transport.#slab, labelOf });
        transport.#lines.push(line);
        await line.bind(hostOf(parts.sockets.ownerOf(socket)));
      }
    } catch (error) {
      transport.close();
      throw error;
    }
    return transport;
  }

  announce(ask: number, announce: OutgoingAnnounce): void {
    const { ids } = this.#parts;
    const { member } = announce;
    const fields = this.#fields;
    fields.transactionId = ask;
    fields.infoHash = ids.infoHash(member);
    ids.fillPeerId(fields.peerId, member);
    fields.downloaded = announce.downloaded;
    fields.left = announce.left;
    fields.event = announce.event;
    fields.key = ids.key(member);
    fields.port = ids.port(member);
    const packet = this.#slab.take(this.#template.length);
    packet.set(this.#template);
    writeUdpAnnounce(packet, fields);
    this.#lineOf(member)?.send(packet);
  }

  scrape(ask: number, member: number): void {
    const packet = this.#slab.take(udpScrapeBytes);
    writeUdpScrape(packet, this.#noConnectionId, ask, this.#parts.ids.infoHash(member));
    this.#lineOf(member)?.send(packet);
  }

  arrive(member: number): void {
    this.#lineOf(member)?.open();
  }

  release(): void {}

  tick(nowMs: number): void {
    for (const line of this.#lines) line.tick(nowMs);
  }

  close(): void {
    for (const line of this.#lines) line.close();
  }

  #lineOf(member: number): UdpLine | undefined {
    return this.#lines[this.#parts.sockets.socketOf(member)];
  }
}
