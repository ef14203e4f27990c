// A process that may open few descriptors: it listens, floods itself with connections, dials, and tells what came of it.
// Started by network/node-sockets-starved.test.ts.

import type { Stream, StreamHandlers } from "../../../src/ports/sockets.ts";
import { NodeSockets } from "../../../src/io/network/node-sockets.ts";

/** Its output, as JSON. */
export interface StarvedReport {
  /** Connections that were dialled while descriptors lasted, and how many of them were accepted and kept. */
  readonly dialled: number;
  readonly accepted: number;
  /** Why further dials failed, each once. */
  readonly reasons: readonly string[];
  /** After some had closed: a new connection carried this. */
  readonly carried: string;
}

const sockets = new NodeSockets({ receiveBufferBytes: 1_024 });
const accepted = new Set<Stream>();
const listener = await sockets.listen({ host: "127.0.0.1", port: 0 }, (stream) => {
  accepted.add(stream);
  return {
    bytes: (_stream, chunk) => stream.write(chunk.slice()),
    closed: () => accepted.delete(stream),
  };
});

/** Dials ourselves: each connection takes two descriptors. @returns the end, and how it began. */
async function dial(answered?: (text: string) => void): Promise<{ stream: Stream; began: string }> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const handlers: StreamHandlers = {
    opened: () => resolve("opened"),
    bytes: (_stream, chunk) => answered?.(Buffer.from(chunk).toString()),
    closed: (_stream, reason) => resolve(reason ?? "closed"),
  };
  const stream = sockets.dial(listener.address, handlers, { timeoutMs: 10_000 });
  return { stream, began: await promise };
}

const open: Stream[] = [];
const reasons = new Set<string>();
let failures = 0;
while (failures < 5) {
  const { stream, began } = await dial();
  if (began === "opened") open.push(stream);
  else {
    failures++;
    reasons.add(began);
  }
}
await turns();
const keptAtOnce = accepted.size;
for (const stream of open.slice(0, 10)) stream.destroy();
await turns();
const { promise, resolve } = Promise.withResolvers<string>();
const { stream, began } = await dial(resolve);
stream.write(Buffer.from("goes on"));
const carried = began === "opened" ? await promise : began;
const report: StarvedReport = {
  dialled: open.length,
  accepted: keptAtOnce,
  reasons: [...reasons],
  carried,
};
process.stdout.write(`${JSON.stringify(report)}\n`, () => process.exit(0));

/** Lets the event loop take and close what is there. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
}
