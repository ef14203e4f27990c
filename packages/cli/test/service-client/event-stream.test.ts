import test from "ava";
import { EventStreamReader, type StreamEvent } from "../../src/service-client/event-stream.ts";

const text =
  'id: 1-2\nevent: rows\ndata: {"a":\ndata: 1}\n\n: nothing new\n\nevent: reset\ndata:\n\ndata: x\n\n';
const events: readonly StreamEvent[] = [
  { name: "rows", data: '{"a":\n1}' },
  { name: "reset", data: "" },
  { name: "message", data: "x" },
];

test("events are read with their names and all lines of their data", (t) => {
  t.deepEqual(new EventStreamReader().read(text), [...events]);
});

for (const [name, end] of [
  ["LF", "\n"],
  ["CR", "\r"],
  ["CRLF", "\r\n"],
] as const) {
  test(`a stream with ${name} gives the same events wherever it is cut`, (t) => {
    const ended = text.replaceAll("\n", end);
    for (let at = 0; at <= ended.length; at++) {
      const reader = new EventStreamReader();
      const found = [ended.slice(0, at), ended.slice(at)].flatMap(
        (piece) => reader.read(piece) ?? [],
      );
      t.deepEqual(found, [...events], `cut at ${at}`);
    }
  });
}

test("an event without data is none", (t) => {
  t.deepEqual(new EventStreamReader().read("event: rows\nid: 7\n\n"), []);
});

test("an event of more than 16 MiB is refused, whether it has one line or many", (t) => {
  const mebibyte = 1_024 ** 2;
  for (const piece of ["x".repeat(mebibyte), `data: ${"x".repeat(mebibyte)}\n`]) {
    const reader = new EventStreamReader();
    const taken = Array.from({ length: 17 }, () => reader.read(piece));
    t.deepEqual(
      taken.slice(0, 15),
      Array.from({ length: 15 }, () => []),
    );
    t.is(taken[16], undefined);
  }
});
