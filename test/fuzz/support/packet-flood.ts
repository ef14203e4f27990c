// One node under a flood of packets: mutated messages from forged senders, one busy address, and nodes that answer wrongly, for
// hours of virtual time. A node that behaves asks it a question now and then.

import type { Address } from "@troupe/actor-runtime";
import {
  encodeQuery,
  encodeResponse,
  nodeIdFrom,
  type KrpcAnswer,
  type KrpcQuery,
} from "@troupe/protocol/dht";

import {
  NodeBench,
  type SentPacket,
} from "../../../packages/dht-worker/test/support/node-bench.ts";
import { bytesOf } from "../engine/mutate-bytes.ts";
import { Random } from "../engine/random.ts";
import { seededRandom } from "../targets/dht-node.ts";
import { krpc, krpcSeeds } from "../targets/krpc.ts";

/** A run of the flood. */
export interface FloodOptions {
  readonly seed: string;
  readonly packets: number;
  /** Runs the handling of each packet. Default: at once. */
  readonly run?: (handle: () => void) => void;
}

/** The result of a flood. */
export interface FloodOutcome {
  readonly receivedBytes: number;
  readonly sentBytes: number;
  /** Questions of the node that behaves, and their answers. */
  readonly asked: number;
  readonly answered: number;
  readonly failures: readonly unknown[];
}

const poolSize = 4_096;
const packetsPerMs = 5;
/** Virtual time between two questions. */
const askEveryMs = 1_000;
const honest: Address = { host: "99.9.9.9", port: 6_881 };
const honestId = nodeIdFrom(bytesOf("honest-node-honest-n"));
const busy: Address = { host: "98.8.8.8", port: 4_000 };
const target = nodeIdFrom(new Uint8Array(20).fill(1));

/** Sends the packets to a node of its own. */
export async function floodNode(options: FloodOptions): Promise<FloodOutcome> {
  const flood = new Flood(await NodeBench.start(seededRandom(options.seed)), options);
  for (let i = 0; i < options.packets; i++) flood.step(i);
  return flood.end();
}

class Flood {
  readonly #bench: NodeBench;
  readonly #random: Random;
  readonly #pool: readonly Uint8Array[];
  readonly #run: (handle: () => void) => void;
  #lastQuery: SentPacket | undefined;
  #receivedBytes = 0;
  #sentBytes = 0;
  #asked = 0;
  #answered = 0;
  #nextAskMs: number;

  constructor(bench: NodeBench, { seed, run = (handle) => handle() }: FloodOptions) {
    this.#bench = bench;
    this.#random = new Random(`flood ${seed}`);
    this.#pool = mutants(this.#random);
    this.#run = run;
    this.#nextAskMs = bench.time.nowMs() + askEveryMs;
    const { host, port } = honest;
    bench.worker.addContacts("user", [{ host, port }]);
    this.#serve();
  }

  step(number: number): void {
    const bytes = this.#packet();
    const sender = this.#sender();
    this.#run(() => this.#bench.receive(bytes, sender));
    this.#receivedBytes += bytes.length;
    this.#serve();
    if (number % packetsPerMs !== 0) return;
    this.#bench.time.advance(1);
    this.#serve();
    if (this.#bench.time.nowMs() < this.#nextAskMs) return;
    this.#nextAskMs += askEveryMs;
    this.#ask();
  }

  end(): FloodOutcome {
    this.#bench.worker.stop();
    return {
      receivedBytes: this.#receivedBytes,
      sentBytes: this.#sentBytes,
      asked: this.#asked,
      answered: this.#answered,
      failures: this.#bench.failures,
    };
  }

  /** A mutant with one byte changed, or an answer to the last query. */
  #packet(): Uint8Array {
    const random = this.#random;
    const bytes = (random.pick(this.#pool) ?? new Uint8Array(0)).slice();
    if (random.oneIn(2)) bytes[random.below(bytes.length)] = random.below(256);
    const transaction = this.#lastQuery?.message?.transaction;
    if (transaction === undefined || !random.oneIn(4)) return bytes;
    const at = Buffer.from(bytes.buffer).indexOf("4:TTTT");
    if (at >= 0) bytes.set(transaction, at + 2);
    return bytes;
  }

  #sender(): Address {
    const random = this.#random;
    switch (random.below(8)) {
      case 0:
        return busy;
      case 1:
      case 2: {
        const to = this.#lastQuery?.to;
        return to === undefined || to.host === honest.host ? busy : to;
      }
      case 3:
        return { host: `2a01:${random.below(65_536).toString(16)}::1`, port: 6_881 };
      default: {
        const [a, b, c] = [1 + random.below(223), random.below(256), random.below(256)];
        return { host: `${a}.${b}.${c}.${random.below(256)}`, port: 1 + random.below(65_535) };
      }
    }
  }

  /** The node that behaves answers what it is asked. */
  #serve(): void {
    for (const sent of this.#bench.take()) {
      this.#sentBytes += sent.bytes.length;
      const { message, to } = sent;
      if (message?.kind !== "query") continue;
      if (to.host !== honest.host) this.#lastQuery = sent;
      else this.#answer(message.transaction);
    }
  }

  #answer(transaction: Uint8Array): void {
    const to = { host: "20.0.0.1", port: 6_881 };
    const answer = { id: honestId, nodes: new Uint8Array(0), token: bytesOf("token") };
    this.#bench.receive(encodeResponse(transaction, answer, { family: 4, to }), honest);
  }

  /** It asks for peers, and announces its own as every client does: the token proves its address. */
  #ask(): void {
    this.#asked += 1;
    const token = this.#answerTo({ method: "get_peers", target })?.token;
    if (token === undefined) return;
    this.#answered += 1;
    const announce = { target, port: 7_000, isPortImplied: false, token } as const;
    this.#answerTo({ method: "announce_peer", ...announce });
  }

  #answerTo(query: KrpcQuery): KrpcAnswer | undefined {
    this.#bench.receive(encodeQuery(bytesOf("!?"), honestId, query), honest);
    let answer: KrpcAnswer | undefined;
    for (const { bytes, message, to } of this.#bench.take()) {
      this.#sentBytes += bytes.length;
      if (message?.kind === "response" && to.host === honest.host) answer = message.answer;
    }
    return answer;
  }
}

/** Messages that are mostly well-formed, and nonsense. */
function mutants(random: Random): Uint8Array[] {
  const seeds = krpcSeeds();
  return Array.from({ length: poolSize }, () => {
    const seed = random.pick(seeds) ?? new Uint8Array(0);
    const other = random.pick(seeds) ?? new Uint8Array(0);
    const input = Uint8Array.of(4, ...seed);
    return krpc
      .mutate(input, { random, other: Uint8Array.of(4, ...other), maxBytes: 1_500 })
      .slice(1);
  });
}
