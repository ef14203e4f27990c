// A uTP table whose other sides a program plays: packets sound and forged, streams that act inside their calls, and time.

import type { Address, Stream } from "@troupe/actor-runtime";
import { ManualTime } from "@troupe/actor-runtime/testing";
import { UtpSockets } from "@troupe/transport";
import {
  emptyUtpPacket,
  readUtpPacket,
  seqPlus,
  toTimestampUs,
  type UtpPacket,
  utpHeaderBytes,
  utpTypes,
  writeUtpHeader,
} from "@troupe/protocol/utp";

import { hold } from "../engine/oracle.ts";
import { seededRandom } from "../targets/dht-node.ts";
import { FuzzedStream, payloadOf, SentPayloads } from "./utp-streams.ts";

/** Memory of packets that wait: a few dozen. */
const budgetBytes = 100_000;
const mostUnproved = 256;
const longestPacketBytes = 1_472;
const timeoutMs = 7_000;
const honest: Address = { host: "99.9.9.9", port: 6_881 };

/** The other side of a connection, as a sound peer would know it. */
export interface OtherSide {
  readonly address: Address;
  /** Id of packets to the table. */
  id: number;
  /** The next packet to the table. */
  seq: number;
  /** The last packet of the table. */
  ack: number;
  /** Bytes to the table and from it, while the address is not proved. */
  sentBytes: number;
  receivedBytes: number;
  isProved: boolean;
  /** Whether all packets since the last SYN or dial carry the payload of their numbers. */
  isExact: boolean;
  /** The newest. */
  stream: FuzzedStream | undefined;
  /** By the id of the table's packets, since the newest stream. */
  readonly payloads: Map<number, SentPayloads>;
}

/** Fields of a packet to the table. */
export interface PacketFields {
  readonly type: UtpPacket["type"];
  readonly id: number;
  readonly seq: number;
  readonly ack: number;
  readonly windowBytes: number;
  readonly differenceUs: number;
  /** Type of the first extension. */
  readonly extension: number;
  /** Extensions and payload. */
  readonly rest: Uint8Array;
}

/** The table, its streams, and the other sides. */
export class UtpLife {
  readonly time = new ManualTime();
  readonly sockets: UtpSockets;
  readonly sides: readonly OtherSide[];
  readonly #streams: FuzzedStream[] = [];
  readonly #sent: { readonly bytes: Uint8Array; readonly to: Address }[] = [];
  readonly #lastPackets = new Map<string, UtpPacket>();
  readonly #packet = emptyUtpPacket();

  constructor(sideCount: number) {
    const ports = { clock: this.time, timers: this.time, random: seededRandom("1") };
    const options = { windowBudgetBytes: budgetBytes };
    const send = (bytes: Uint8Array, to: Address): void => void this.#sent.push({ bytes, to });
    this.sockets = new UtpSockets(ports, send, options);
    this.sides = Array.from({ length: sideCount }, (_, at) => otherSide(at));
    this.sockets.accept = (stream) => this.#accept(stream);
  }

  /** Dials a side, whose packets then belong to that dial. */
  dial(side: OtherSide): void {
    side.isExact = true;
    side.isProved = true;
    const stream = this.#newStream(side);
    stream.stream = this.sockets.dial(side.address, stream, { timeoutMs });
    this.#note();
  }

  /** A packet of a side. */
  give(side: OtherSide, bytes: Uint8Array): void {
    const lent = bytes.slice();
    side.sentBytes += bytes.length;
    this.sockets.received(lent, { ...side.address });
    // The memory is lent for the call alone.
    lent.fill(0xa5);
    this.check();
  }

  batchEnded(): void {
    this.sockets.batchEnded();
    this.check();
  }

  advance(ms: number): void {
    this.time.advance(ms);
    this.check();
  }

  /** Memory, and bytes to addresses that have proved nothing. */
  check(): void {
    const { heldBytes, unproved } = this.sockets.stats;
    hold(heldBytes >= 0 && heldBytes <= budgetBytes, () => `${heldBytes} bytes held`);
    hold(unproved <= mostUnproved, () => `${unproved} unproved`);
    this.#note();
    for (const { isProved, receivedBytes, sentBytes } of this.sides)
      hold(isProved || receivedBytes <= sentBytes, () => `${receivedBytes} for ${sentBytes} bytes`);
  }

  /** An honest peer connects, then the table is closed, and nothing is left. */
  end(): void {
    this.#connectHonest();
    this.sockets.close("shutdown");
    this.time.advance(60_000);
    this.#note();
    const { connections, heldBytes, unproved } = this.sockets.stats;
    hold(connections + heldBytes + unproved === 0, "connections or memory left");
    for (const stream of this.#streams) stream.holdEnded();
    hold(this.time.pending === 0, () => `${this.time.pending} timers`);
  }

  #connectHonest(): void {
    const side = otherSide(0, honest);
    const fields = { id: 7_000, ack: 0, windowBytes: 65_536, differenceUs: 1, extension: 0 };
    const rest = new Uint8Array(0);
    this.give(side, packetBytes(this.time, { ...fields, type: utpTypes.syn, seq: 9, rest }));
    const answer = this.#lastTo(honest);
    hold(answer?.type === utpTypes.state && answer.connectionId === 7_000, "no answer to a SYN");
    const ack = seqPlus(answer.seq, -1);
    const data = { ...fields, type: utpTypes.data, id: 7_001, seq: 10, ack, rest: payloadOf(10) };
    const before = this.#streams.length;
    this.give(side, packetBytes(this.time, data));
    hold(this.#streams.length === before + 1, "an honest peer is not let in");
    const lengthBytes = payloadOf(10).length;
    hold(this.#streams.at(-1)?.receivedBytes === lengthBytes, "an honest peer is not heard");
  }

  #accept(stream: Stream): FuzzedStream {
    const { host, port } = stream.remote;
    const isOf = ({ address }: OtherSide): boolean =>
      address.host === host && address.port === port;
    const side = this.sides.find(isOf);
    if (side !== undefined) side.isProved = true;
    const fuzzed = this.#newStream(side ?? otherSide(0, honest));
    fuzzed.stream = stream;
    return fuzzed;
  }

  #newStream(side: OtherSide): FuzzedStream {
    const stream = new FuzzedStream(side.isExact);
    this.#streams.push(stream);
    side.stream = stream;
    side.payloads.clear();
    return stream;
  }

  #lastTo({ host }: Address): UtpPacket | undefined {
    return this.#lastPackets.get(host);
  }

  /** Checks what the table has sent; the other sides learn of it. */
  #note(): void {
    for (const { bytes, to } of this.#sent.splice(0)) {
      const packet = this.#packet;
      hold(readUtpPacket(bytes, packet) === undefined, "a packet that is none");
      hold(bytes.length <= longestPacketBytes, () => `a packet of ${bytes.length} bytes`);
      this.#lastPackets.set(to.host, { ...packet });
      const side = this.sides.find(({ address }) => address.host === to.host);
      hold(side !== undefined || to.host === honest.host, () => `a packet to ${to.host}`);
      if (side !== undefined) learn(side, packet, bytes);
    }
  }
}

function otherSide(
  at: number,
  address: Address = { host: `80.0.0.${at}`, port: 1 + at },
): OtherSide {
  return {
    address,
    id: 101 + 10 * at,
    // Some are about to wrap.
    seq: at % 2 === 0 ? 1 : 0xfffd,
    ack: 0,
    sentBytes: 0,
    receivedBytes: 0,
    isProved: false,
    isExact: true,
    stream: undefined,
    payloads: new Map(),
  };
}

/** The news of a packet of the table for its receiver. */
function learn(side: OtherSide, packet: UtpPacket, bytes: Uint8Array): void {
  side.receivedBytes += bytes.length;
  const { connectionId, payloadAt, seq, type } = packet;
  if (type === utpTypes.reset) return;
  if (type === utpTypes.syn) side.id = connectionId;
  side.ack = type === utpTypes.state ? seqPlus(seq, -1) : seq;
  if (type !== utpTypes.data) return;
  const payloads = side.payloads.get(connectionId) ?? new SentPayloads();
  side.payloads.set(connectionId, payloads);
  payloads.add(seq, bytes.subarray(payloadAt));
}

/** @returns A datagram. */
export function packetBytes(time: ManualTime, fields: PacketFields): Uint8Array {
  const bytes = new Uint8Array(utpHeaderBytes + fields.rest.length);
  writeUtpHeader(bytes, {
    type: fields.type,
    connectionId: fields.id,
    timestampUs: toTimestampUs(time.nowMs()),
    differenceUs: fields.differenceUs,
    windowBytes: fields.windowBytes,
    seq: fields.seq,
    ack: fields.ack,
  });
  bytes[1] = fields.extension;
  bytes.set(fields.rest, utpHeaderBytes);
  return bytes;
}
