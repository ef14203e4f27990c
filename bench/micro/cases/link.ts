// Messages between threads: their packing, and their way through a port.

import { MessageChannel } from "node:worker_threads";
import { portWire } from "../../../packages/actor-runtime/src/hosts/port-wire.ts";
import { decodeFrame, encodeFrame } from "../../../packages/actor-runtime/src/links/frame-codec.ts";
import { EntryKind, type Frame } from "../../../packages/actor-runtime/src/links/wire.ts";
import { timed, type MicroCase, type TimedRun } from "../case.ts";

const messages = 16;
const frames = 200;
const frame: Frame = [
  1,
  1,
  messages,
  Array.from({ length: messages }, (_, index) => [
    EntryKind.notice,
    "lease-returned",
    { torrent: 1, piece: index, lease: index, offset: index << 20, contributors: [3] },
  ]),
];

/** Frames of several messages. */
export function linkCases(): MicroCase[] {
  return [
    {
      part: "frame link",
      operation: `a message packed and unpacked, ${messages} in a frame`,
      run: () =>
        timed(frames * messages, () => {
          for (let index = 0; index < frames; index++) decodeFrame(encodeFrame(frame));
        }),
    },
    {
      part: "frame link",
      operation: `a message sent over a port of this thread, ${messages} in a frame`,
      run: sendFrames,
    },
  ];
}

async function sendFrames(): Promise<TimedRun> {
  const { port1, port2 } = new MessageChannel();
  const [from, to] = [portWire(port1), portWire(port2)];
  const all = Promise.withResolvers<void>();
  let arrived = 0;
  to.open(() => {
    arrived++;
    if (arrived === frames) all.resolve();
  });
  const began = process.hrtime.bigint();
  for (let index = 0; index < frames; index++) from.send(frame);
  await all.promise;
  const nanoseconds = Number(process.hrtime.bigint() - began);
  from.close();
  to.close();
  return { operations: frames * messages, nanoseconds };
}
