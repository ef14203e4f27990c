import { seqPlus, utpTypes } from "@troupe/protocol/utp";

import { bytesMutator, joined } from "../engine/mutate-bytes.ts";
import {
  type ProgramRecord,
  readRecords,
  recordMutator,
  writeRecords,
} from "../engine/mutate-records.ts";
import type { Random } from "../engine/random.ts";
import type { FuzzTarget } from "../engine/target.ts";
import { type OtherSide, packetBytes, UtpLife } from "../support/utp-life.ts";
import { payloadOf } from "../support/utp-streams.ts";

const mostSteps = 120;
const sideCount = 4;

/** The first byte of the payload of a step chooses the side; the others have the details. */
const Step = {
  /** A packet of a sound peer, or one beside it: see {@link give}. */
  packet: 0,
  /** The bytes of the program, as they are. */
  raw: 1,
  syn: 2,
  wait: 3,
  write: 4,
  act: 5,
  resume: 6,
  end: 7,
  dial: 8,
  refused: 9,
  batchEnd: 10,
} as const;
const stepCount = Object.keys(Step).length;

/** Bits of the second byte of {@link Step.packet}; the lowest two are the type. */
const Flag = {
  state: 3,
  hasOwnSeq: 4,
  hasOwnAck: 8,
  isUnfit: 16,
  keepsSeq: 32,
  otherId: 64,
} as const;
const windows = [0, 1, 1_000, 20_000, 1_000_000, 0x7fff_ffff, 0xffff_ffff] as const;
const types = [utpTypes.data, utpTypes.fin, utpTypes.reset, utpTypes.state] as const;
const selectiveAck = Uint8Array.of(0, 4, 255, 255, 255, 255);

/** Whole connections of a table: peers that send what they like, an application that acts inside calls, and time. */
export const utpStream: FuzzTarget = {
  name: "utp-stream",
  oracle:
    "the table never fails; a stream gets whole packets in order and each once, and ends once; what is sent again is the same; an unproved address gets no more bytes than it sent; memory keeps its budget; the next honest peer connects; and after the end nothing is left",
  sources: ["transport/src/utp", "protocol/src/utp"],
  seeds: () => [
    program([Step.syn, [0]], [Step.packet, [0, 0]], [Step.packet, [0, 0]], [Step.wait, [0, 30]]),
    program(
      ...connected(0),
      [Step.write, [0, 200]],
      [Step.packet, [0, Flag.state, 0, 0, 0, 0, 4]],
      [Step.write, [0, 255]],
      [Step.wait, [0, 50]],
      [Step.packet, [0, Flag.state, 0, 0, 0, 0, 4]],
      [Step.packet, [0, 1]],
      [Step.end, [0]],
      [Step.wait, [0, 200]],
    ),
    program(
      ...connected(1),
      [Step.packet, [1, Flag.keepsSeq, 0, 2, 0, 0, 4]],
      [Step.packet, [1, Flag.keepsSeq, 0, 1, 0, 0, 4]],
      [Step.act, [1, 1]],
      [Step.packet, [1, 0]],
      [Step.packet, [1, 0]],
      [Step.resume, [1]],
      [Step.packet, [1, 2]],
    ),
    program(
      [Step.dial, [2]],
      [Step.packet, [2, Flag.state | Flag.keepsSeq]],
      [Step.write, [2, 100]],
      [Step.batchEnd, [2]],
      [Step.packet, joined([2, Flag.state, 0, 0, 255, 254, 4, 1], selectiveAck)],
      [Step.refused, [2]],
      [Step.wait, [2, 255]],
    ),
    program(
      ...connected(3),
      [Step.write, [3, 255]],
      [Step.packet, [3, Flag.state, 0, 0, 0, 0, 0]],
      [Step.wait, [3, 220]],
      [Step.packet, [3, Flag.state, 0, 0, 0, 9, 0]],
      [Step.wait, [3, 255]],
    ),
  ],
  mutate: recordMutator(drawStep, () => bytesMutator([selectiveAck])),
  maxBytes: 8_000,
  run(input) {
    const life = new UtpLife(sideCount);
    for (const step of readRecords(input).slice(0, mostSteps)) take(life, step);
    life.end();
  },
};

type Play = [kind: number, payload: ArrayLike<number>];

function program(...steps: readonly Play[]): Uint8Array {
  return writeRecords(
    steps.map(([kind, payload]) => ({ kind, payload: Uint8Array.from(payload) })),
  );
}

/** A side dials in, and proves its address. */
function connected(side: number): readonly Play[] {
  return [
    [Step.syn, [side]],
    [Step.packet, [side, 0, 0, 0, 0, 0, 4]],
  ];
}

function drawStep(random: Random): ProgramRecord {
  const kind = random.oneIn(2) ? Step.packet : random.below(stepCount);
  const side = random.below(sideCount);
  if (kind !== Step.packet) return { kind, payload: joined([side], random.bytes(2)) };
  const near = (): number =>
    random.oneIn(4) ? random.below(65_536) : 65_536 + random.below(9) - 4;
  const [seq, ack] = [near(), near()];
  const flags = random.oneIn(3)
    ? random.below(128)
    : random.pick([0, 1, Flag.state, Flag.keepsSeq]);
  const head = [side, flags, seq >> 8, seq, ack >> 8, ack, random.below(7), random.below(3)];
  return { kind, payload: joined(Uint8Array.from(head), random.bytes(random.below(12))) };
}

function take(life: UtpLife, { kind, payload }: ProgramRecord): void {
  const [first = 0, second = 0] = payload;
  const side = life.sides[first % sideCount];
  if (side === undefined) return;
  const { stream } = side;
  switch (kind % stepCount) {
    case Step.packet:
      return give(life, side, payload);
    case Step.raw:
      makeInexact(side);
      return life.give(side, payload.subarray(1));
    case Step.syn:
      return dialIn(life, side, second);
    case Step.wait:
      return life.advance(second < 128 ? second : 250 * (second - 127));
    case Step.write:
      return stream?.write(1 + 64 * second);
    case Step.act:
      if (stream !== undefined) stream.act = second;
      return;
    case Step.resume:
      return stream?.stream?.resume();
    case Step.end:
      if (second % 3 === 0) stream?.stream?.end();
      else if (second % 3 === 1) stream?.stream?.destroy();
      else stream?.stream?.reset();
      return life.check();
    case Step.dial:
      return life.dial(side);
    case Step.refused:
      life.sockets.notSent({ ...side.address }, second % 2 === 0 ? "EMSGSIZE" : "ENETUNREACH");
      return life.check();
    default:
      return life.batchEnded();
  }
}

function makeInexact(side: OtherSide): void {
  side.isExact = false;
  if (side.stream !== undefined) side.stream.isExact = false;
}

function dialIn(life: UtpLife, side: OtherSide, second: number): void {
  const fields = { ack: 0, windowBytes: 65_536, differenceUs: 0, extension: 0 };
  const id = seqPlus(side.id, -1);
  const seq = seqPlus(side.seq, second);
  const rest = new Uint8Array(0);
  life.give(side, packetBytes(life.time, { ...fields, type: utpTypes.syn, id, seq, rest }));
  side.seq = seqPlus(seq, 1);
  side.isExact = true;
}

/**
 * `flags u8, seq i16, ack i16, window u8, extension u8`, then extensions and payload. Sequence number and acknowledgement count from
 * those of a sound peer, or are their own. A data packet has the payload of its number unless it is unfit.
 */
function give(life: UtpLife, side: OtherSide, payload: Uint8Array): void {
  const [, flags = 0, seq1 = 0, seq2 = 0, ack1 = 0, ack2 = 0, window = 4, extension = 0] = payload;
  const type = types[flags & 3] ?? utpTypes.data;
  const seq = seqPlus((flags & Flag.hasOwnSeq) === 0 ? side.seq : 0, (seq1 << 8) | seq2);
  const ack = seqPlus((flags & Flag.hasOwnAck) === 0 ? side.ack : 0, (ack1 << 8) | ack2);
  const isUnfit = (flags & Flag.isUnfit) !== 0;
  const rest = payload.subarray(8);
  const hasExtension = extension > 0 && extension <= 2 && rest[0] === 0;
  const extensions = hasExtension ? rest.subarray(0, 2 + (rest[1] ?? 0)) : new Uint8Array(0);
  const isWhole = !hasExtension || (rest.length >= 2 && extensions.length === 2 + (rest[1] ?? 0));
  const isExact = !isUnfit && isWhole;
  const carries = type === utpTypes.data && isExact;
  if (!isExact) makeInexact(side);
  const bytes = packetBytes(life.time, {
    type,
    id: seqPlus(side.id, (flags & Flag.otherId) === 0 ? 0 : -1),
    seq,
    ack,
    windowBytes: windows[window % windows.length] ?? 0,
    differenceUs: window >= windows.length ? window * 0x10_0001 : 5_000,
    extension: isUnfit || hasExtension ? extension : 0,
    rest: carries ? joined(extensions, payloadOf(seq)) : isUnfit ? rest : extensions,
  });
  life.give(side, bytes);
  const isNext = (type === utpTypes.data || type === utpTypes.fin) && (flags & Flag.keepsSeq) === 0;
  if (isNext) side.seq = seqPlus(seq, 1);
}
