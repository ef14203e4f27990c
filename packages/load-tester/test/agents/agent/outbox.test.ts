import { Scheduler } from "@troupe/actor-runtime/simulated";
import test from "ava";
import { Outbox } from "../../../src/agents/agent/outbox.ts";
import { readJson } from "../../../src/agents/messages/json.ts";
import { streamMessageShape, type StreamMessage } from "../../../src/agents/messages/messages.ts";
import { MemoryBus, MemoryServer } from "../support/memory-bus.ts";
import { emptyWindow } from "../support/empty-window.ts";

function open(most: number) {
  const scheduler = new Scheduler();
  const server = new MemoryServer(scheduler);
  const bus = new MemoryBus(server);
  const outbox = new Outbox({
    agent: "a",
    run: "r",
    stream: bus.windows,
    timers: scheduler.timers,
    most,
  });
  const stored = (): readonly StreamMessage[] =>
    server.stored("r").map(({ bytes }) => readJson(bytes, bytes.length, streamMessageShape));
  return { scheduler, server, outbox, stored };
}

test("messages are stored in order, each once, although the answers of the server are lost", async (t) => {
  const { scheduler, server, outbox, stored } = open(60);
  server.losesAnswers = true;
  for (let second = 0; second < 3; second++) {
    outbox.add({ kind: "window", generator: "g", window: emptyWindow(second) });
  }
  outbox.add({ kind: "ended", dropped: 0, reason: undefined });
  scheduler.after(5_000, () => (server.losesAnswers = false));
  await scheduler.settle(outbox.sent());
  t.deepEqual(
    stored().map(({ number, kind }) => [number, kind]),
    [
      [0, "window"],
      [1, "window"],
      [2, "window"],
      [3, "ended"],
    ],
  );
  t.is(outbox.length, 0);
});

test("without the server the newest windows are kept, the others are counted", async (t) => {
  const { scheduler, server, outbox, stored } = open(60);
  server.isUp = false;
  for (let second = 0; second < 100; second++) {
    outbox.add({ kind: "window", generator: "g", window: emptyWindow(second) });
  }
  t.is(outbox.length, 60);
  t.is(outbox.dropped, 40);
  scheduler.after(9_000, () => server.start());
  await scheduler.settle(outbox.sent());
  const seconds = stored().map((message) => message.kind === "window" && message.window.second);
  t.deepEqual(seconds, [0, ...Array.from({ length: 59 }, (_, index) => 41 + index)]);
});
