import type { Address } from "@troupe/actor-runtime";
import {
  seqPlus,
  toTimestampUs,
  utpHeaderBytes,
  utpTypes,
  type UtpHeaderFields,
  type UtpType,
  writeUtpHeader,
} from "@troupe/protocol/utp";

import type { SendQueue } from "./send-queue.ts";
import type { UtpHost } from "./utp-host.ts";
import type { UtpReceiver } from "./utp-receiver.ts";

/** Ids of a connection: that of packets to us, and that of packets to the other side. */
export interface UtpIds {
  readonly receiving: number;
  readonly sending: number;
}

const fields: UtpHeaderFields = {
  type: utpTypes.state,
  connectionId: 0,
  timestampUs: 0,
  differenceUs: 0,
  windowBytes: 0,
  seq: 0,
  ack: 0,
};

/** Writes the packets of one connection and sends them. */
export class UtpOutlet {
  readonly #host: UtpHost;
  readonly #remote: Address;
  readonly #ids: UtpIds;
  /** Undefined before the other side has answered. */
  #receiver: UtpReceiver | undefined;
  /** Our clock less the timestamp of the last packet; 0 before the first. */
  #differenceUs = 0;

  constructor(host: UtpHost, remote: Address, ids: UtpIds) {
    this.#host = host;
    this.#remote = remote;
    this.#ids = ids;
  }

  /** The other side has answered. */
  connect(receiver: UtpReceiver): void {
    this.#receiver = receiver;
  }

  setDifference(differenceUs: number): void {
    this.#differenceUs = differenceUs;
  }

  /** A packet with a sequence number of its own: data, fin or syn. */
  sendNumbered(
    type: number,
    seq: number,
    queue: SendQueue,
    offset: number,
    lengthBytes: number,
  ): void {
    const packet = this.#host.slab.take(utpHeaderBytes + lengthBytes);
    this.#writeHeader(packet, type as UtpType, seq);
    if (lengthBytes > 0) queue.copy(offset, lengthBytes, packet, utpHeaderBytes);
    if (this.#receiver?.hasEarly === false) this.#receiver.acknowledged();
    this.#host.send(packet, this.#remote);
  }

  /** An acknowledgement. @param nextSeq Sequence number of our next packet. */
  sendState(nextSeq: number): void {
    const receiver = this.#receiver;
    if (receiver === undefined) return;
    const selectiveBytes = receiver.selectiveAckLength;
    const extensionBytes = selectiveBytes === 0 ? 0 : 2 + selectiveBytes;
    const packet = this.#host.slab.take(utpHeaderBytes + extensionBytes);
    this.#writeHeader(packet, utpTypes.state, nextSeq);
    if (selectiveBytes > 0) receiver.writeSelectiveAck(packet, selectiveBytes);
    receiver.acknowledged();
    this.#host.send(packet, this.#remote);
  }

  /** An empty packet that the other side has had: it answers by an acknowledgement, whatever its length. */
  sendRepeated(firstSeq: number): void {
    const packet = this.#host.slab.take(utpHeaderBytes);
    this.#writeHeader(packet, utpTypes.data, seqPlus(firstSeq, -1));
    this.#host.send(packet, this.#remote);
  }

  sendReset(nextSeq: number): void {
    const packet = this.#host.slab.take(utpHeaderBytes);
    this.#writeHeader(packet, utpTypes.reset, nextSeq);
    this.#host.send(packet, this.#remote);
  }

  #writeHeader(packet: Uint8Array, type: UtpType, seq: number): void {
    const receiver = this.#receiver;
    fields.type = type;
    fields.connectionId = type === utpTypes.syn ? this.#ids.receiving : this.#ids.sending;
    fields.timestampUs = toTimestampUs(this.#host.nowMs);
    fields.differenceUs = this.#differenceUs;
    fields.windowBytes = receiver === undefined ? this.#host.windowBytes : receiver.windowBytes;
    fields.seq = seq;
    fields.ack = receiver === undefined ? 0 : receiver.ack;
    writeUtpHeader(packet, fields);
  }
}
