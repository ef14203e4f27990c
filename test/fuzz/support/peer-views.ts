import type { Address } from "@troupe/actor-runtime";
import { addressKey } from "@troupe/protocol/address";
import {
  seqPlus,
  utpTypes,
  writeUtpHeader,
  type UtpHeaderFields,
  type UtpPacket,
} from "@troupe/protocol/utp";

/** The numbers by which a peer would go on. */
interface PeerView {
  id: number;
  seq: number;
  ack: number;
}

/** The knowledge of the other side that each peer of a connection has, by their addresses. */
export class PeerViews {
  readonly #views = new Map<string, PeerView>();

  /** The numbers that the peer at an address would send next. */
  of({ host, port }: Address): PeerView {
    const key = addressKey(host, port);
    const view = this.#views.get(key) ?? { id: 101, seq: 1, ack: 0 };
    this.#views.set(key, view);
    return view;
  }

  /** The peer at `to` gets a packet. */
  follow({ type, connectionId, seq }: UtpPacket, to: Address): void {
    const view = this.of(to);
    if (type === utpTypes.syn) {
      view.id = connectionId;
      view.ack = seq;
    } else if (type === utpTypes.state) view.ack = seqPlus(seq, -1);
    else if (type !== utpTypes.reset) view.ack = seq;
  }
}

/** @returns A datagram with extensions and payload, or with bytes of any kind, behind its header. */
export function utpDatagram(
  fields: UtpHeaderFields,
  extension: number,
  rest: Uint8Array,
): Uint8Array {
  const datagram = new Uint8Array(20 + rest.length);
  writeUtpHeader(datagram, fields);
  datagram[1] = extension;
  datagram.set(rest, 20);
  return datagram;
}
