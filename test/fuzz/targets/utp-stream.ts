import type { Address } from "@troupe/actor-runtime";
import { seqPlus, toTimestampUs, utpTypes, type UtpType } from "@troupe/protocol/utp";

import { bytesMutator, joined } from "../engine/mutate-bytes.ts";
import {
  readRecords,
  recordMutator,
  writeRecords,
  type ProgramRecord,
} from "../engine/mutate-records.ts";
import type { Random } from "../engine/random.ts";
import type { FuzzTarget } from "../engine/target.ts";
import { utpDatagram } from "../support/peer-views.ts";
import { UtpBench } from "../support/utp-bench.ts";
import { utpPacket, utpSeeds } from "./utp-packet.ts";

/** More steps of an input are not taken. */
const mostSteps = 300;

const Step = { next: 0, packet: 1, raw: 2, wait: 3, act: 4 } as const;
const stepCount = Object.keys(Step).length;

const senders: readonly Address[] = [
  { host: "10.0.0.9", port: 9_999 },
  { host: "10.0.0.9", port: 9_998 },
  { host: "203.0.113.8", port: 6_881 },
  { host: "2001:db8::8", port: 6_881 },
];
const windows = [1_000_000, 0, 1, 1_000, 0xffff_ffff];
const types: readonly UtpType[] = Object.values(utpTypes);

/**
 * Whole lives of connections. The payload of a step `next` is type and sender, then payload: a packet as a peer that behaves
 * sends it. That of `packet` has distances from its numbers besides, a window and an extension.
 */
export const utpStream: FuzzTarget = {
  name: "utp-stream",
  oracle:
    "no packet fails the table; it holds its budget at most, gives forged senders no more bytes than they sent, sends sound datagrams, and each stream and write ends once, with nothing kept",
  sources: ["transport/src/utp/", "protocol/src/utp/"],
  seeds: () => {
    const { data, fin, reset, state, syn } = utpTypes;
    const met: readonly Play[] = [
      [Step.next, [syn, 0]],
      [Step.next, [data, 0, 104, 105]],
    ];
    const acked: Play = [Step.next, [state, 0]];
    const written: Play = [Step.act, [0, 200]];
    return [
      program(...met, acked, [Step.next, [fin, 0]], acked),
      program(...met, written, [Step.wait, [9]], acked, [Step.act, [1]], acked, acked),
      program(...met, written, [Step.wait, [140]], [Step.wait, [140]], [Step.wait, [140]]),
      program([Step.act, [5, 0]], acked, [Step.next, [data, 0, 1]], written, acked),
      program(...met, [Step.act, [2]], [Step.next, [data, 0, 1]], [Step.act, [3]], acked),
      program(...met, [Step.packet, [data, 0, 3, 0, 0, 0, 1]], [Step.next, [data, 0, 1]], acked),
      program(...met, written, [Step.packet, [state, 0, 0, 0, 0, 1, 0, 4, 7, 0, 0, 1]], acked),
      program(...met, written, [Step.packet, [state, 0, 0, 0, 1, 0]], [Step.wait, [200]], acked),
      program(...met, [Step.next, [reset, 0]], acked),
      program(...utpSeeds().map((bytes): Play => [Step.raw, joined([1], bytes)])),
    ];
  },
  mutate: recordMutator(drawStep, ({ kind }) =>
    kind % stepCount === Step.raw ? utpPacket.mutate : bytesMutator([]),
  ),
  maxBytes: 16_000,
  async run(input) {
    const bench = new UtpBench();
    for (const step of readRecords(input).slice(0, mostSteps)) {
      // One step after the other. oxlint-disable-next-line no-await-in-loop
      await take(bench, step);
    }
    await bench.end();
  },
};

type Play = [kind: number, payload: ArrayLike<number>];

function program(...steps: readonly Play[]): Uint8Array {
  return writeRecords(
    steps.map(([kind, payload]) => ({ kind, payload: Uint8Array.from(payload) })),
  );
}

async function take(bench: UtpBench, { kind, payload }: ProgramRecord): Promise<void> {
  const [first = 0, second = 0] = payload;
  switch (kind % stepCount) {
    case Step.next:
      return give(
        bench,
        first,
        second,
        { seq: 0, ack: 0, window: 0, extension: 0 },
        payload.subarray(2),
      );
    case Step.packet: {
      const [, , seq = 0, ack = 0, window = 0, extension = 0] = payload;
      const changes = { seq: distance(seq), ack: distance(ack), window, extension };
      return give(bench, first, second, changes, payload.subarray(6));
    }
    case Step.raw:
      return bench.receive(payload.subarray(1), senderAt(first));
    case Step.wait:
      return bench.pass(first < 128 ? first : 100 * (first - 127));
    default:
      return act(bench, first, second);
  }
}

/** Small bytes are small distances, the others reach all numbers. */
function distance(byte: number): number {
  if (byte < 64) return byte;
  return byte < 128 ? 63 - byte : (byte - 128) * 512;
}

/** Changes to a packet of a peer that behaves. */
interface Changes {
  readonly seq: number;
  readonly ack: number;
  readonly window: number;
  readonly extension: number;
}

function give(
  bench: UtpBench,
  typeByte: number,
  sender: number,
  changes: Changes,
  rest: Uint8Array,
): void {
  const from = senderAt(sender);
  const view = bench.views.of(from);
  const type = types[typeByte % types.length] ?? utpTypes.data;
  const isNumbered = type === utpTypes.data || type === utpTypes.fin;
  if (type === utpTypes.syn) Object.assign(view, { id: 101, seq: 1 });
  else if (isNumbered && changes.seq === 0) view.seq = seqPlus(view.seq, 1);
  const fields = {
    type,
    // The lower bits of the type choose it, the higher ones a wrong id.
    connectionId: seqPlus(type === utpTypes.syn ? 100 : view.id, (typeByte >> 6) % 3),
    timestampUs: toTimestampUs(bench.scheduler.nowMs),
    differenceUs: changes.window > 4 ? 0x8000_0000 : 1_000,
    windowBytes: windows[changes.window % windows.length] ?? 0,
    seq: seqPlus(view.seq, changes.seq),
    ack: seqPlus(view.ack, changes.ack),
  };
  bench.receive(utpDatagram(fields, changes.extension, rest), from);
}

/** The owner of a stream does something. */
function act(bench: UtpBench, first: number, second: number): void {
  if (first % 8 === 5) return bench.dial(senderAt(second));
  const stream = bench.held[(first >> 3) % Math.max(bench.held.length, 1)]?.stream;
  if (stream === undefined) return;
  const acts = [
    () => bench.write(stream, second * 32),
    () => stream.end(),
    () => stream.pause(),
    () => stream.resume(),
    () => stream.destroy(),
    () => undefined,
    () => stream.reset(),
    () => bench.sockets.notSent(stream.remote, "EMSGSIZE"),
  ];
  acts[first % 8]?.();
}

function senderAt(index: number): Address {
  return senders[index % senders.length] ?? { host: "10.0.0.9", port: 9_999 };
}

function drawStep(random: Random): ProgramRecord {
  const kind = random.below(stepCount);
  const header = [random.below(5), random.oneIn(4) ? random.below(256) : 0];
  switch (kind) {
    case Step.raw:
      return { kind, payload: joined([random.below(4)], random.pick(utpSeeds()) ?? []) };
    case Step.wait:
      return { kind, payload: random.bytes(1) };
    case Step.act:
      return { kind, payload: random.bytes(2) };
    default:
      return { kind, payload: joined(header, random.bytes(random.below(12))) };
  }
}
