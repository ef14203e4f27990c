import { crc32 } from "node:zlib";

import { ProtocolError } from "@troupe/protocol/errors";
import { EarlyHaves, FrameReader } from "@troupe/protocol/frames";
import { makeGeometry } from "@troupe/protocol/metainfo";
import type { FrameSink } from "@troupe/protocol/frames";
import type { PieceIndex } from "@troupe/protocol/units";

import { drawFrame, frame, frameMutator, words } from "../engine/mutate-frames.ts";
import { hold, holdTyped } from "../engine/oracle.ts";
import { Random } from "../engine/random.ts";
import type { FuzzTarget } from "../engine/target.ts";

const shape = { pieceCount: 11, pieceLengthBytes: 40_000 };
const maxExtendedBytes = 4_096;
const bounds = { geometry: makeGeometry(10 * 40_000 + 5_000, 40_000), maxExtendedBytes };
const memoryBytes = 17_000;

/** Writes down what it hears; every third block is skipped. */
class Recorder implements FrameSink {
  readonly heard: string[] = [];
  blockMemory: Uint8Array = new Uint8Array(memoryBytes);
  #blocks = 0;
  #underWay = "";

  say(...what: (string | number)[]): void {
    hold(this.#underWay === "", "a message inside a block");
    this.heard.push(what.join(" "));
  }
  keepAlive = (): void => this.say("keep-alive");
  choke = (): void => this.say("choke");
  unchoke = (): void => this.say("unchoke");
  interested = (): void => this.say("interested");
  notInterested = (): void => this.say("not-interested");
  have(piece: PieceIndex): void {
    hold(piece >= 0 && piece < shape.pieceCount, "a piece that is none");
    this.say("have", piece);
  }
  bitfield(bits: Uint8Array): void {
    hold(bits.length === 2 && ((bits[1] ?? 0) & 0x1f) === 0, "a bitfield that does not fit");
    this.say("bitfield", Buffer.from(bits).toString("hex"));
  }
  request = (piece: number, begin: number, length: number): void =>
    this.say("request", piece, begin, length);
  cancel = (piece: number, begin: number, length: number): void =>
    this.say("cancel", piece, begin, length);
  port = (port: number): void => this.say("port", port);
  haveAll(): void {
    this.say("have-all", "");
  }
  haveNone = (): void => this.say("have-none", "");
  suggest(piece: PieceIndex): void {
    hold(piece >= 0 && piece < shape.pieceCount, "a suggested piece that is none");
    this.say("suggest", piece);
  }
  allowedFast(piece: PieceIndex): void {
    hold(piece >= 0 && piece < shape.pieceCount, "an allowed piece that is none");
    this.say("allowed-fast", piece);
  }
  dontHave = (piece: PieceIndex): void => this.say("dont-have", piece);
  reject = (piece: number, begin: number, length: number): void =>
    this.say("reject", piece, begin, length);
  extended(id: number, payload: Uint8Array): void {
    hold(payload.length <= 4_096, "an extended message that is too long");
    this.say("extended", id, Buffer.from(payload).toString("hex"));
  }
  unknown = (id: number, length: number): void => this.say("unknown", id, length);
  blockStarts(piece: PieceIndex, begin: number, length: number): number {
    const pieceBytes = piece === 10 ? 5_000 : shape.pieceLengthBytes;
    hold(
      length >= 1 && length <= 16_384 && begin + length <= pieceBytes,
      "a block outside of its piece",
    );
    this.say("block", piece, begin, length);
    if (++this.#blocks % 3 === 0) return -1;
    this.#underWay = `${piece} ${begin} ${length}`;
    this.blockMemory.fill(0);
    return 100;
  }
  blockEnds(piece: PieceIndex, begin: number, length: number): void {
    hold(this.#underWay === `${piece} ${begin} ${length}`, "the end of another block");
    this.#underWay = "";
    hold(
      this.blockMemory[99] === 0 && this.blockMemory[100 + length] === 0,
      "written beside the block",
    );
    this.say("block-ends", crc32(this.blockMemory));
  }
}

/** Keeps the pieces that a peer shows before the metadata is known. */
class EarlyRecorder extends Recorder {
  readonly haves: EarlyHaves = new EarlyHaves();

  override have(piece: PieceIndex): void {
    this.haves.have(piece);
  }
  override bitfield(bits: Uint8Array): void {
    this.haves.bitfield(bits);
  }
  override haveAll(): void {
    this.haves.haveAll();
  }
  override suggest(piece: PieceIndex): void {
    this.haves.suggest(piece);
  }
  override allowedFast(piece: PieceIndex): void {
    this.haves.allowedFast(piece);
  }
}

/** The messages of a connection, however they are cut, and whenever the metadata comes. */
export const frameReader: FuzzTarget = {
  name: "frame-reader",
  oracle:
    "cut anywhere, the same messages and the same fault come out, also of a reader that learns the metadata later; nothing is out of range, little is buffered, and after a fault nothing is read",
  sources: [
    "protocol/src/frame",
    "protocol/src/frames/gather",
    "protocol/src/bytes/copy-bytes",
    "protocol/src/peer/bitfield",
  ],
  seeds: () => {
    const random = new Random("frames");
    const draw = (): Uint8Array => drawFrame(random, shape);
    return [
      Buffer.concat([frame(5, Uint8Array.of(0xff, 0xe0)), frame(2), frame(1), frame(4, words(10))]),
      Buffer.concat([
        frame(7, Buffer.concat([words(10, 0), new Uint8Array(5_000).fill(3)])),
        words(0),
      ]),
      Buffer.concat([
        frame(7, Buffer.concat([words(1, 16_384), new Uint8Array(16_384)])),
        frame(0),
      ]),
      frame(20, Buffer.from("\u0000d1:v3:abce")),
      Buffer.concat([
        frame(14),
        frame(17, words(3)),
        frame(13, words(4)),
        frame(16, words(1, 0, 9)),
      ]),
      Buffer.concat([frame(15), frame(17, words(11))]),
      ...Array.from({ length: 8 }, draw),
    ];
  },
  mutate: frameMutator(shape),
  maxBytes: 40_000,
  run(input) {
    const whole = read(input, [input.length]);
    const random = new Random(`${input.length} ${input[4]} ${input.at(-1)}`);
    const cuts: number[] = [];
    for (let at = 0; at < input.length;) cuts.push((at += 1 + random.length(20_000)));
    const cut = read(input, cuts);
    hold(cut === whole, () => `cut otherwise: ${firstDifference(whole, cut)}`);
    holdLearning(input, random.below(input.length + 1), whole);
    if (input.length > 600) return;
    const single = read(
      input,
      Array.from({ length: input.length }, (_, at) => at + 1),
    );
    hold(single === whole, () => `byte by byte otherwise: ${firstDifference(whole, single)}`);
  },
};

function read(input: Uint8Array, cuts: readonly number[]): string {
  const sink = new Recorder();
  const reader = new FrameReader(sink, bounds);
  let at = 0;
  try {
    for (const cut of cuts) {
      const chunk = input.slice(at, cut);
      reader.push(chunk);
      chunk.fill(0xee);
      hold(
        reader.bufferedBytes <= Math.max(17, 2 * maxExtendedBytes, cut),
        "more buffered than has arrived",
      );
      at = cut;
    }
    if (input.length > at) reader.push(input.slice(at));
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    holdTyped(error);
    sink.heard.push(error.code);
    const heard = sink.heard.length;
    let isRefused = false;
    try {
      reader.push(new Uint8Array(4));
    } catch (second) {
      isRefused = second instanceof ProtocolError && second.code === "frame-reader-failed";
    }
    hold(isRefused && sink.heard.length === heard, "it went on after a fault");
  }
  return sink.heard.join("\n");
}

/** A reader that learns the metadata at byte `at` hears the same; of a bad input only that it is bad. */
function holdLearning(input: Uint8Array, at: number, whole: string): void {
  const early = new EarlyRecorder();
  const late = new Recorder();
  const reader = new FrameReader(early, { maxExtendedBytes });
  const knew = whole.split("\n");
  try {
    reader.push(input.slice(0, at));
    early.haves.deliver(late, bounds);
    reader.learn(late, bounds);
    reader.push(input.slice(at));
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    holdTyped(error);
    const isRefused = isCode(knew.at(-1)) || error.code === "block-before-metadata";
    hold(isRefused, `refused for ${error.code} only without metadata`);
    return;
  }
  hold(!isCode(knew.at(-1)), "read only without metadata");
  const learnt = havesFirst([...early.heard, ...late.heard]);
  const due = havesFirst(whole === "" ? [] : knew);
  hold(learnt === due, () => `learnt otherwise: ${firstDifference(due, learnt)}`);
}

function isCode(heard = ""): boolean {
  return /^(?:bitfield|block|frame|piece)-(?!ends)[a-z-]+$/.test(heard);
}

function havesFirst(heard: readonly string[]): string {
  const isHave = (each: string): boolean =>
    /^(?:have|bitfield|have-all|suggest|allowed-fast) /.test(each);
  return [...heard.filter(isHave), ...heard.filter((each) => !isHave(each))].join("\n");
}

function firstDifference(a: string, b: string): string {
  const left = a.split("\n");
  const right = b.split("\n");
  const at = left.findIndex((line, i) => line !== right[i]);
  return `${left[at]?.slice(0, 100)} / ${right[at]?.slice(0, 100)}`;
}
