// The UDP port that uTP, the DHT and trackers share, under a flood of datagrams: SYNs and other packets with forged senders, peers with
// connections that send nearly right packets, and datagrams that look like those of the DHT and of trackers. A peer that
// behaves connects once a second of virtual time, and asks the DHT.

import type { Address, BindOptions, DatagramHandlers, Stream } from "@troupe/actor-runtime";
import { ManualTime } from "@troupe/actor-runtime/testing";
import { BatchWriter, readBatch } from "@troupe/messages";
import {
  emptyUtpPacket,
  readUtpPacket,
  seqPlus,
  toTimestampUs,
  utpTypes,
  type UtpType,
} from "@troupe/protocol/utp";

import { SharedPort } from "../../../packages/peer-worker/src/udp/shared-port.ts";
import { UtpSockets } from "../../../packages/transport/src/utp/index.ts";
import { bytesOf, joined } from "../engine/mutate-bytes.ts";
import { Random } from "../engine/random.ts";
import { seededRandom } from "../targets/dht-node.ts";
import { utpPacket } from "../targets/utp-packet.ts";
import type { FloodOptions, FloodOutcome } from "./packet-flood.ts";
import { PeerViews, utpDatagram } from "./peer-views.ts";

const poolSize = 4_096;
const packetsPerMs = 5;
/** Virtual time between two visits of the peer that behaves, and of its round trips. */
const visitEveryMs = 1_000;
const roundTripMs = 10;
/** Hostile peers with connections of their own. */
const insiders: readonly Address[] = Array.from({ length: 32 }, (_, at) => ({
  host: `97.7.7.${at}`,
  port: 6_881,
}));
const insiderHosts = new Set(insiders.map(({ host }) => host));
const honest: Address = { host: "99.9.9.9", port: 6_881 };
const question = bytesOf("d1:q4:pinge");
const answer = bytesOf("d1:r4:ponge");
const types: readonly UtpType[] = Object.values(utpTypes);
const noBytes = new Uint8Array(0);

/** The result of a flood of the port. */
export interface PortFloodOutcome extends FloodOutcome {
  /** Connections of hostile peers. */
  readonly opened: number;
}

/** Sends the datagrams to a port of its own. */
export async function floodPort(options: FloodOptions): Promise<PortFloodOutcome> {
  const flood = new PortFlood(options);
  await flood.open();
  for (let number = 0; number < options.packets; number++) flood.step(number);
  return flood.end();
}

class PortFlood {
  readonly #time = new ManualTime();
  readonly #random: Random;
  readonly #pool: readonly Uint8Array[];
  readonly #run: (handle: () => void) => void;
  readonly #port: SharedPort;
  readonly #utp: UtpSockets;
  readonly #views = new PeerViews();
  readonly #packet = emptyUtpPacket();
  readonly #failures: string[] = [];
  readonly #open = new Map<string, Stream>();
  #handlers: DatagramHandlers | undefined;
  #receivedBytes = 0;
  #sentBytes = 0;
  /** Bytes to the sender of the datagram in hand. */
  #answerBytes = 0;
  #sender = honest;
  #opened = 0;
  #asked = 0;
  #answered = 0;
  #pongs = 0;

  constructor({ seed, run = (handle) => handle() }: FloodOptions) {
    this.#random = new Random(`port flood ${seed}`);
    this.#pool = mutants(this.#random);
    this.#run = run;
    const time = this.#time;
    const ref = (name: string) => this.#userRef(name);
    const bind = ({ host, port }: BindOptions, handlers: DatagramHandlers) => {
      this.#handlers ??= handlers;
      const send = (bytes: Uint8Array, to: Address): void => this.#sent(bytes, to);
      return Promise.resolve({ address: { host, port }, send, close: () => undefined });
    };
    const context = { clock: time, timers: time, datagrams: { bind }, ref, log: () => undefined };
    this.#port = new SharedPort(context as unknown as ConstructorParameters<typeof SharedPort>[0]);
    const ports = { clock: time, timers: time, random: seededRandom(seed) };
    this.#utp = new UtpSockets(ports, (bytes, to) => this.#port.send(bytes, to));
    this.#utp.accept = (stream) => this.#accept(stream);
    this.#port.utp = this.#utp;
  }

  async open(): Promise<void> {
    await this.#port.open({ hosts: ["0.0.0.0"], ports: [6_881] });
    this.#port.use("dht", { name: "dht", epoch: 1 });
    this.#port.use("trackers", { name: "trackers", epoch: 1 });
  }

  step(number: number): void {
    const [sender, bytes] = this.#hostile();
    this.#run(() => this.#takeHostile(bytes, sender));
    if (number % packetsPerMs !== 0) return;
    this.#pass();
  }

  end(): PortFloodOutcome {
    // The last visit ends.
    for (let ms = 0; ms < 10 * roundTripMs; ms++) this.#pass();
    const { heldBytes, unproved } = this.#utp.stats;
    if (heldBytes > 16 * 1_048_576 || unproved > 256)
      this.#failures.push(`${heldBytes} bytes held, ${unproved} unproved`);
    this.#utp.close("over");
    return {
      receivedBytes: this.#receivedBytes,
      sentBytes: this.#sentBytes,
      asked: this.#asked,
      answered: this.#answered,
      opened: this.#opened,
      failures: this.#failures,
    };
  }

  #pass(): void {
    this.#time.advance(1);
    this.#visit(this.#time.nowMs() % visitEveryMs);
  }

  #takeHostile(bytes: Uint8Array, sender: Address): void {
    this.#sender = sender;
    this.#answerBytes = 0;
    this.#receive(bytes, sender);
    if (insiderHosts.has(sender.host) || this.#answerBytes <= bytes.length) return;
    this.#failures.push(`${this.#answerBytes} bytes for ${bytes.length} of a forged sender`);
  }

  #receive(bytes: Uint8Array, from: Address): void {
    this.#receivedBytes += bytes.length;
    this.#handlers?.received(bytes, from);
    this.#time.endTurn();
  }

  /** The streams of the peer that behaves send their bytes back. */
  #accept(stream: Stream) {
    const { host } = stream.remote;
    if (host !== honest.host) this.#opened += 1;
    this.#open.set(host, stream);
    return {
      bytes: (_: Stream, chunk: Uint8Array) => {
        if (host === honest.host) stream.write(chunk.slice());
      },
      closed: () => {
        if (this.#open.get(host) === stream) this.#open.delete(host);
      },
    };
  }

  #hostile(): readonly [sender: Address, bytes: Uint8Array] {
    const random = this.#random;
    switch (random.below(8)) {
      case 0:
        return [this.#forged(), utpDatagram(this.#numbers(utpTypes.syn), 0, noBytes)];
      case 1:
        return [this.#forged(), joined([0x64], random.bytes(random.below(60)))];
      case 2:
        return [this.#forged(), joined([0], random.bytes(random.below(60)))];
      case 3:
        return [this.#forged(), random.bytes(random.below(100))];
      case 4:
      case 5:
        return [this.#forged(), random.pick(this.#pool) ?? noBytes];
      default:
        return this.#nearlyRight(random.pick(insiders) ?? honest);
    }
  }

  #numbers(type: UtpType) {
    const word = this.#random.word() >>> 0;
    const nowUs = toTimestampUs(this.#time.nowMs());
    const times = { timestampUs: nowUs, differenceUs: 1_000, windowBytes: 100_000 };
    return { type, connectionId: word & 0xffff, seq: word >>> 16, ack: word & 0xff, ...times };
  }

  /** A packet of a peer that is connected, or dials. */
  #nearlyRight(sender: Address): readonly [sender: Address, bytes: Uint8Array] {
    const random = this.#random;
    const view = this.#views.of(sender);
    const stream = this.#open.get(sender.host);
    if (stream === undefined) {
      // A dialer that repeats its SYN never proves its address.
      if (random.oneIn(2)) return [sender, this.#synOf(sender)];
    } else if (random.oneIn(64)) stream.write(random.bytes(3_000));
    const type = random.pick(types) ?? utpTypes.data;
    if (type === utpTypes.data) view.seq = seqPlus(view.seq, 1);
    const near = (): number => (random.oneIn(4) ? random.below(64) - 16 : 0);
    const rest = joined(random.bytes(random.below(4)), random.bytes(random.below(1_200)));
    const fields = {
      ...this.#numbers(type === utpTypes.reset && !random.oneIn(50) ? utpTypes.data : type),
      connectionId: view.id,
      seq: seqPlus(view.seq, near()),
      ack: seqPlus(view.ack, near()),
    };
    return [sender, utpDatagram(fields, random.oneIn(8) ? 1 : 0, rest)];
  }

  #synOf(sender: Address): Uint8Array {
    Object.assign(this.#views.of(sender), { id: 101, seq: 1 });
    const fields = { ...this.#numbers(utpTypes.syn), connectionId: 100, seq: 1, ack: 0 };
    return utpDatagram(fields, 0, noBytes);
  }

  #forged(): Address {
    const random = this.#random;
    const [a, b] = [1 + random.below(90), random.below(256)];
    return { host: `${a}.${b}.${random.below(256)}.1`, port: 1 + random.below(65_535) };
  }

  /** The peer that behaves dials, sends a byte, has it back, and resets; and it asks the DHT. */
  #visit(atMs: number): void {
    if (atMs === 0) this.#give(this.#synOf(honest), 1);
    if (atMs === roundTripMs) this.#say(utpTypes.data, bytesOf("!"));
    if (atMs === 3 * roundTripMs) this.#say(utpTypes.reset, noBytes);
    if (atMs === 4 * roundTripMs) this.#give(question, 1);
    if (atMs === 6 * roundTripMs) {
      this.#answered += this.#pongs;
      this.#pongs = 0;
    }
  }

  #say(type: UtpType, payload: Uint8Array): void {
    const view = this.#views.of(honest);
    if (type === utpTypes.data) view.seq = seqPlus(view.seq, 1);
    const fields = { ...this.#numbers(type), connectionId: 101, seq: view.seq, ack: view.ack };
    this.#give(utpDatagram(fields, 0, payload), 0);
  }

  #give(bytes: Uint8Array, asked: number): void {
    this.#sender = honest;
    this.#asked += asked;
    this.#receive(bytes, honest);
  }

  #sent(bytes: Uint8Array, to: Address): void {
    this.#sentBytes += bytes.length;
    if (to.host === this.#sender.host && to.port === this.#sender.port)
      this.#answerBytes += bytes.length;
    const isUtp = readUtpPacket(bytes, this.#packet) === undefined;
    if (to.host !== honest.host) {
      if (isUtp && insiderHosts.has(to.host)) this.#views.follow(this.#packet, to);
      return;
    }
    if (isUtp) this.#views.follow(this.#packet, to);
    const isEcho = isUtp && this.#packet.type === utpTypes.data;
    if (isEcho || bytes.length === answer.length) this.#pongs = Math.min(this.#pongs + 1, 2);
  }

  /** The DHT answers each question; a user takes a batch at once. */
  #userRef(name: string) {
    const answers = new BatchWriter();
    const cast = (message: string, { batch }: { readonly batch?: Uint8Array }): void => {
      if (message !== "datagrams-received" || batch === undefined) return;
      readBatch(batch, {
        datagram: (bytes, from) => {
          if (bytes.length === question.length && from.host === honest.host)
            answers.add(answer, from);
        },
        refused: () => this.#failures.push("a refusal"),
      });
      const user = name === "dht" ? "dht" : "trackers";
      if (answers.entries > 0) this.#port.sendBatch(user, answers.take());
      this.#time.soon(() => this.#port.taken(user));
    };
    return { credits: 1, cast, whenRoom: () => undefined };
  }
}

/** Packets that are mostly well-formed, and nonsense. */
function mutants(random: Random): Uint8Array[] {
  const seeds = utpPacket.seeds();
  return Array.from({ length: poolSize }, () => {
    const seed = random.pick(seeds) ?? noBytes;
    const other = random.pick(seeds) ?? noBytes;
    return utpPacket.mutate(seed, { random, other, maxBytes: 1_472 });
  });
}
