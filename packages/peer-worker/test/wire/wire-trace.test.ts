import test from "ava";
import { FrameRules, type FrameSink } from "@troupe/protocol/frames";
import { writeHave, writeRequest } from "@troupe/protocol/peer";
import type { PieceIndex } from "@troupe/protocol/units";

import { WireTrace } from "../../src/wire/wire-trace.ts";

function scene() {
  const sent: { text: string; isOver: boolean }[] = [];
  const tasks: (() => void)[] = [];
  const trace = new WireTrace(
    {
      clock: { epochMs: () => 0 },
      timers: {
        after: (_ms, task) => {
          tasks.push(task);
          return { cancel: () => tasks.splice(0) };
        },
      },
      send: (text, isOver) => void sent.push({ text, isOver }),
    },
    new FrameRules({ maxExtendedBytes: 1_000 }),
  );
  const lines = (): string[] => {
    for (const task of tasks.splice(0)) task();
    return sent.splice(0).flatMap(({ text }) => text.split("\n").slice(0, -1));
  };
  return { trace, lines, sent };
}

test("I01: received messages are noted and passed on", (t) => {
  const { trace, lines } = scene();
  const heard: unknown[] = [];
  const handler = {
    blockMemory: new Uint8Array(4),
    have: (piece: number) => heard.push(piece),
    blockStarts: () => 3,
    blockEnds: () => heard.push("end"),
    bitfield: () => heard.push("bits"),
    extended: () => heard.push("extended"),
  } as unknown as FrameSink;
  const sink = trace.received(handler);
  sink.have(7 as PieceIndex);
  t.is(sink.blockStarts(1 as PieceIndex, 0, 16_384), 3);
  sink.blockEnds(1 as PieceIndex, 0, 16_384);
  sink.bitfield(new Uint8Array(3));
  sink.extended(3, new Uint8Array(61));
  t.is(sink.blockMemory, handler.blockMemory);
  t.deepEqual(heard, [7, "end", "bits", "extended"]);
  t.deepEqual(lines(), [
    "0 < have 7",
    "0 < piece 1 0 16384",
    "0 < bitfield of 3 bytes",
    "0 < extended 3 of 61 bytes",
  ]);
});

test("I01: sent messages are noted, and nothing after the end", (t) => {
  const { trace, lines, sent } = scene();
  const bytes = new Uint8Array(100);
  const end = writeRequest(bytes, writeHave(bytes, 0, 5), 5, 16_384, 100);
  trace.sent(bytes.subarray(0, end));
  t.deepEqual(
    lines().map((line) => line.slice(2)),
    ["> have 5", "> request 5 16384 100"],
  );
  trace.end("idle");
  trace.sent(bytes.subarray(0, end));
  trace.end("twice");
  t.deepEqual(sent, [{ text: "0 closed: idle\n", isOver: true }]);
});
