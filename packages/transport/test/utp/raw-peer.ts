import type { Address } from "@troupe/actor-runtime";
import { Scheduler, SeededRandom } from "@troupe/actor-runtime/simulated";
import {
  emptyUtpPacket,
  readUtpPacket,
  seqPlus,
  toTimestampUs,
  type UtpPacket,
  utpTypes,
  writeUtpHeader,
} from "@troupe/protocol/utp";

import { type UtpOptions, type UtpPorts, UtpSockets } from "../../src/utp/index.ts";
import { End } from "./utp-pair.ts";

/** A packet that the sockets sent. */
export interface SentPacket extends UtpPacket {
  readonly to: Address;
  readonly lengthBytes: number;
  readonly payload: string;
  /** Distances from `ack` that the selective ack names. */
  readonly selective: readonly number[];
}

/** Fields of a packet to the sockets; the others are those that an honest peer would use. */
export interface RawFields {
  readonly type?: keyof typeof utpTypes;
  readonly id?: number;
  readonly seq?: number;
  readonly ack?: number;
  readonly windowBytes?: number;
  readonly timestampUs?: number;
  readonly differenceUs?: number;
  readonly payload?: string;
  /** Bytes of the selective ack. */
  readonly selective?: readonly number[];
  readonly from?: Address;
}

const ourAddress: Address = { host: "10.0.0.9", port: 9_999 };

/** A peer of one table whose packets the test writes. Its SYN has the id 100 and the sequence number 1. */
export class RawPeer {
  readonly scheduler = new Scheduler();
  readonly sockets: UtpSockets;
  readonly sent: SentPacket[] = [];
  readonly end = new End({});
  accepts = 0;
  seq = 1;
  /** The last packet that we have of the sockets. */
  ack = 0;
  id = 101;

  constructor(options: UtpOptions = {}) {
    const { clock, timers } = this.scheduler;
    const ports: UtpPorts = { clock, timers, random: new SeededRandom("raw") };
    this.sockets = new UtpSockets(
      ports,
      (bytes, to) => {
        this.sent.push(sentPacket(bytes, to));
      },
      options,
    );
    this.sockets.accept = (stream) => {
      this.accepts++;
      this.end.stream = stream;
      return this.end;
    };
  }

  /** Packets since the last call. */
  takeSent(): SentPacket[] {
    return this.sent.splice(0);
  }

  /** A batch of one datagram. */
  give(fields: RawFields): void {
    this.giveInBatch(fields);
    this.sockets.batchEnded();
  }

  giveInBatch(fields: RawFields): void {
    const { type = "data", payload = "", selective, from = ourAddress } = fields;
    const extension = selective === undefined ? [] : [0, selective.length, ...selective];
    const datagram = new Uint8Array(20 + extension.length + payload.length);
    writeUtpHeader(datagram, {
      type: utpTypes[type],
      connectionId: fields.id ?? this.id,
      timestampUs: fields.timestampUs ?? toTimestampUs(this.scheduler.nowMs),
      differenceUs: fields.differenceUs ?? 1,
      windowBytes: fields.windowBytes ?? 1_000_000,
      seq: fields.seq ?? this.seq,
      ack: fields.ack ?? this.ack,
    });
    if (selective !== undefined) datagram[1] = 1;
    datagram.set(extension, 20);
    datagram.set(new TextEncoder().encode(payload), 20 + extension.length);
    this.sockets.received(datagram, { ...from });
  }

  /** Data in order. */
  say(payload: string): void {
    this.seq = seqPlus(this.seq, 1);
    this.give({ payload });
  }

  /** Acknowledges without data. */
  acknowledge(ack: number, fields: RawFields = {}): void {
    this.ack = ack;
    this.give({ type: "state", seq: seqPlus(this.seq, 1), ...fields });
  }

  /** Dials in, and proves the address by the bytes `hi`. */
  dialIn(): void {
    this.give({ type: "syn", id: 100 });
    this.ack = seqPlus(this.takeSent()[0]?.seq ?? 0, -1);
    this.say("hi");
    this.takeSent();
  }

  async pass(ms: number): Promise<void> {
    await this.scheduler.run(this.scheduler.nowMs + ms);
  }

  /** Bytes that the stream got. */
  get text(): string {
    return new TextDecoder().decode(this.end.bytesSoFar);
  }
}

function sentPacket(bytes: Uint8Array, to: Address): SentPacket {
  const packet = emptyUtpPacket();
  const fault = readUtpPacket(bytes, packet);
  if (fault !== undefined) throw new Error(fault);
  const payload = new TextDecoder().decode(bytes.subarray(packet.payloadAt));
  const bits = Array.from({ length: packet.selectiveAckBytes * 8 }, (_, bit) => bit);
  const selective = bits
    .filter((bit) => ((bytes[packet.selectiveAckAt + (bit >> 3)] ?? 0) >> (bit & 7)) & 1)
    .map((bit) => bit + 2);
  return { ...packet, to, lengthBytes: bytes.length, payload, selective };
}
