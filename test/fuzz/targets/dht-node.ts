import { addressKey, classifyAddress } from "@troupe/protocol/address";
import { bencodeLimits, decodePrefix } from "@troupe/protocol/bencode";
import {
  encodeQuery,
  encodeResponse,
  krpcLimits,
  nodeIdFrom,
  type KrpcMessage,
} from "@troupe/protocol/dht";
import type { Address } from "@troupe/actor-runtime";

import { senderOf } from "../../../packages/dht-worker/src/serving/sender.ts";
import { mostTransactions } from "../../../packages/dht-worker/src/transactions/transactions.ts";
import {
  NodeBench,
  benchHosts,
  type SentPacket,
} from "../../../packages/dht-worker/test/support/node-bench.ts";
import { bytesMutator, bytesOf, joined } from "../engine/mutate-bytes.ts";
import {
  type ProgramRecord,
  readRecords,
  recordMutator,
  writeRecords,
} from "../engine/mutate-records.ts";
import { hold } from "../engine/oracle.ts";
import { Random } from "../engine/random.ts";
import type { FuzzTarget } from "../engine/target.ts";
import { krpc, krpcSeeds } from "./krpc.ts";

const mostSteps = 60;
/** Addresses among which a program chooses its senders: of one network, of several, local, of both families. */
const senders: readonly Address[] = [
  "81.1.1.1",
  "81.1.1.2",
  "82.2.2.2",
  "83.3.3.3",
  "84.4.4.4",
  "10.0.0.9",
  "127.0.0.1",
  "0.1.2.3",
  "2a01:1::1",
  "2a01:1::2",
  "2a02:2::1",
  "fe80::1",
].flatMap((host) => [6_881, 1].map((port) => ({ host, port })));
/** Packets of the program never come from it. */
const honest = { host: "99.9.9.9", port: 6_881 };
const honestId = nodeIdFrom(bytesOf("honest-node-honest-n"));
const honestTransaction = bytesOf("!?");

/** In its tables from the start: answers can be longer than their questions. */
const neighbours: readonly Address[] = Array.from({ length: 9 }, (_, at) => [
  { host: `6${at}.1.1.1`, port: 6_881 },
  { host: `2a1${at}:1::1`, port: 6_881 },
]).flat();

/** In a packet it stands for the transaction of the query that the sender was last asked. */
const transactionMark = bytesOf("4:TTTT");
/** In a packet it stands for the token that was last sent. */
const tokenMark = bytesOf("8:KKKKKKKK");

const Step = { packet: 0, answer: 1, wait: 2, quest: 3 } as const;
const stepCount = Object.keys(Step).length;
const targets = [1, 2, 3].map((byte) => new Uint8Array(20).fill(byte));

/** Whole lives of a node: packets with forged senders, answers to its queries right and wrong, quests, and time that passes. */
export const dhtNode: FuzzTarget = {
  name: "dht-node",
  oracle:
    "the node never fails; it sends sound messages to addresses that exist, believes only those it asked, gives forged senders four times their bytes and 2 kB/s, bounds its queries, and answers the next honest question",
  sources: ["dht-worker/src/", "protocol/src/dht"],
  seeds: () => {
    const packets = krpcSeeds();
    const [ping, findNode, getPeers, announce] = packets;
    return [
      ...packets.map((bytes, at) => program([Step.packet, joined([at], bytes)])),
      program(...packets.map((bytes): Play => [Step.packet, joined([0], bytes)])),
      program(...packets.map((bytes): Play => [Step.answer, joined([0], bytes)])),
      program(
        [Step.packet, joined([0], ping ?? [])],
        [Step.answer, joined([0], answerWith("5:nodes26:abcdefghij01234567898888886"))],
        [Step.quest, [1]],
        [Step.answer, joined([0], answerWith("5:token1:x6:valuesl6:1.2.34e"))],
        [Step.wait, [60]],
        [Step.answer, joined([0], answerWith(""))],
        [Step.wait, [200]],
      ),
      program(
        [Step.packet, joined([4], getPeers ?? [])],
        [Step.packet, joined([4], announce ?? [])],
        [Step.packet, joined([5], getPeers ?? [])],
      ),
      program(
        ...Array.from({ length: 40 }, (): Play => [Step.packet, joined([4], findNode ?? [])]),
      ),
    ];
  },
  mutate: recordMutator(drawStep, ({ kind }) =>
    kind % stepCount === Step.packet || kind % stepCount === Step.answer
      ? krpc.mutate
      : bytesMutator([]),
  ),
  maxBytes: 16_000,
  async run(input) {
    const bench = await NodeBench.start(seededRandom("1"));
    meetNeighbours(bench);
    const life = new Life(bench);
    for (const step of readRecords(input).slice(0, mostSteps)) life.take(step);
    life.end();
  },
};

/** Each answers the first queries, without naming others. */
function meetNeighbours(bench: NodeBench): void {
  bench.worker.addContacts("user", neighbours);
  for (let round = 0; round < 4; round++) {
    for (const { to, message } of bench.take()) {
      const at = neighbours.findIndex(({ host }) => host === to.host);
      if (message?.kind !== "query" || at < 0) continue;
      const id = nodeIdFrom(new Uint8Array(20).fill(12 * at));
      const family = to.host.includes(":") ? 6 : 4;
      const own = { host: benchHosts[family], port: 6_881 };
      bench.receive(encodeResponse(message.transaction, { id }, { family, to: own }), to);
    }
    bench.time.advance(500);
  }
  bench.take();
}

type Play = [kind: number, payload: ArrayLike<number>];

function program(...steps: readonly Play[]): Uint8Array {
  return writeRecords(
    steps.map(([kind, payload]) => ({ kind, payload: Uint8Array.from(payload) })),
  );
}

/** @param entries Entries of the dictionary of values, after the id. */
function answerWith(entries: string): Uint8Array {
  return bytesOf(`d1:rd2:id20:abcdefghij0123456789${entries}e1:t4:TTTT1:y1:re`);
}

function drawStep(random: Random): ProgramRecord {
  const kind = random.below(stepCount);
  if (kind === Step.wait || kind === Step.quest) return { kind, payload: random.bytes(1) };
  const packet = random.pick(krpcSeeds()) ?? new Uint8Array(0);
  return { kind, payload: joined([random.below(256)], packet) };
}

/** A source of the runtime's kind, from the fuzzer's own. */
export function seededRandom(seed: string): {
  next(): number;
  integer(below: number): number;
  bytes(lengthBytes: number): Uint8Array;
} {
  const random = new Random(seed);
  return {
    next: () => random.word() / 2 ** 32,
    integer: (below) => random.below(below),
    bytes: (lengthBytes) => random.bytes(lengthBytes),
  };
}

/** A node, its queries that wait, and the bytes of senders that may be forged. */
class Life {
  readonly #bench: NodeBench;
  readonly #startMs: number;
  #asked: SentPacket[] = [];
  readonly #askedAddresses = new Set(neighbours.map(({ host, port }) => addressKey(host, port)));
  #token = bytesOf("8:KKKKKKKK");
  #questionBytes = 0;
  #answerBytes = 0;

  constructor(bench: NodeBench) {
    this.#bench = bench;
    this.#startMs = bench.time.nowMs();
  }

  take({ kind, payload }: ProgramRecord): void {
    const [first = 0] = payload;
    switch (kind % stepCount) {
      case Step.wait:
        this.#bench.time.advance(first < 128 ? 10 * first : 1_000 * (first - 127));
        this.#note();
        break;
      case Step.quest:
        this.#quest(first);
        break;
      default:
        this.#receive(first, payload.subarray(1), kind % stepCount === Step.answer);
    }
    hold(this.#bench.failures.length === 0, "the node failed");
    hold(this.#bench.breadcrumb[0] === 0, "a breadcrumb that stays");
    const { transactions } = this.#bench.worker.services;
    hold(transactions.size <= mostTransactions, "queries without bound");
  }

  /** After a while an honest node asks. */
  end(): void {
    const { time } = this.#bench;
    time.advance(10_000);
    this.#note();
    hold(time.pending < 100, () => `${time.pending} timers`);
    this.#bench.receive(encodeQuery(honestTransaction, honestId, { method: "ping" }), honest);
    const sent = this.#bench.take();
    const answer = sent.find(({ message }) => message?.kind === "response");
    hold(answer?.to.host === honest.host && answer.to.port === honest.port, "no answer");
    hold(textOf(answer.message?.transaction) === "!?", "another transaction");
    this.#bench.worker.stop();
    time.advance(60_000);
    hold(this.#bench.take().length <= sent.length && time.pending === 0, "a node that goes on");
  }

  #quest(first: number): void {
    const target = targets[first % targets.length] ?? new Uint8Array(20);
    switch ((first >> 2) % 5) {
      case 0:
        this.#bench.begin({ kind: "find-node", target });
        break;
      case 1:
        this.#bench.begin({ kind: "get-peers", target });
        break;
      case 2:
        this.#bench.begin({ kind: "announce-peer", target, port: 7_000 });
        break;
      case 3:
        this.#bench.begin({ kind: "get-item", target });
        break;
      default:
        this.#bench.begin({
          kind: "put-item",
          item: { kind: "immutable", value: bytesOf("1:x") },
        });
    }
    this.#note();
  }

  #receive(first: number, packet: Uint8Array, isAnswer: boolean): void {
    const asked = this.#asked.at(-1 - (first % 4)) ?? this.#asked.at(-1);
    const from = (isAnswer ? asked?.to : undefined) ?? senders[first % senders.length] ?? honest;
    const transaction = joined(bytesOf("4:"), asked?.message?.transaction ?? bytesOf("none"));
    const bytes = replaced(replaced(packet, transactionMark, transaction), tokenMark, this.#token);
    const { time, worker } = this.#bench;
    const { key } = senderOf(from.host, from.port);
    const wasProven = worker.services.serving.proven.isProven(key, time.nowMs());
    const answersBefore = this.#answersReceived;
    this.#bench.receive(bytes, from);
    const isAsked = this.#askedAddresses.has(addressKey(from.host, from.port));
    hold(isAsked || this.#answersReceived === answersBefore, "an answer of another address");
    const answered = this.#note().filter(({ message }) => message?.kind !== "query");
    hold(answered.length <= 1, "two answers");
    if (wasProven) return;
    // A token proves its sender before the answer.
    if (worker.services.serving.proven.isProven(key, time.nowMs())) return;
    for (const answer of answered) {
      hold(answer.to.host === from.host && answer.to.port === from.port, "an answer to another");
      this.#questionBytes += bytes.length;
      this.#answerBytes += answer.bytes.length;
    }
    const seconds = (time.nowMs() - this.#startMs) / 1_000;
    const allowedBytes = 4 * this.#questionBytes + 2_000 * (1 + seconds);
    hold(this.#answerBytes <= allowedBytes, () => `${this.#answerBytes} of ${allowedBytes} bytes`);
  }

  get #answersReceived(): number {
    const families = [...this.#bench.worker.families.values()];
    return families.reduce((sum, { node }) => sum + node.traffic.answersReceived, 0);
  }

  /** Checks what the node has sent. @returns Its packets. */
  #note(): readonly SentPacket[] {
    const sent = this.#bench.take();
    for (const packet of sent) {
      const { message, to } = packet;
      holdPacket(packet);
      if (message?.kind === "query") {
        this.#asked.push(packet);
        this.#askedAddresses.add(addressKey(to.host, to.port));
      }
      const token = message?.kind === "response" ? message.answer.token : undefined;
      if (token?.length === 8) this.#token = joined(bytesOf("8:"), token);
      hold(to.port >= 1 && to.port <= 65_535, "a port that nobody has");
      const isOwn = Object.values(benchHosts).includes(to.host);
      hold(!isOwn && classifyAddress(to.host) !== "refused", to.host);
    }
    this.#asked = this.#asked.slice(-16);
    return sent;
  }
}

function holdPacket({ bytes, message }: SentPacket): void {
  hold(message !== undefined && message.kind !== "faulty-query", "a message that is none");
  hold(bytes.length <= mostBytesOf(message), "a long packet");
  const { end, hasUnsortedKeys } = decodePrefix(bytes, bencodeLimits.krpc);
  hold(end === bytes.length && !hasUnsortedKeys, "bencode out of order");
}

function mostBytesOf(message: KrpcMessage): number {
  const hasItem =
    (message.kind === "response" && message.answer.item !== undefined) ||
    (message.kind === "query" && message.query.method === "put");
  return hasItem ? krpcLimits.maxSentItemBytes : krpcLimits.maxSentBytes;
}

function replaced(bytes: Uint8Array, mark: Uint8Array, by: Uint8Array): Uint8Array {
  const at = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf(mark);
  if (at < 0) return bytes;
  return joined(bytes.subarray(0, at), by, bytes.subarray(at + mark.length));
}

function textOf(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString("latin1");
}
