import test from "ava";
import { readJson, readMessage, toJson } from "../../../src/agents/messages/json.ts";
import { number, object, ShapeError } from "../../../src/json/shape.ts";

const shape = object({ count: number(0, 9) });

test("a value comes through JSON as it was", (t) => {
  t.deepEqual(readJson(toJson({ count: 7 }), 11, shape), { count: 7 });
});

for (const [what, bytes, message] of [
  ["bytes beyond the bound", toJson({ count: 7, more: 1 }), "it has 20 bytes, allowed are 11"],
  ["bytes that are no text", Uint8Array.of(0xff, 0xfe), "it is no JSON"],
  ["text that is no JSON", new TextEncoder().encode("{count:7}"), "it is no JSON"],
  ["a value of another shape", toJson(7), "the whole is 7, allowed is an object"],
] as const) {
  test(`${what} are refused`, (t) => {
    t.throws(() => readJson(bytes, 11, shape), { instanceOf: ShapeError, message });
  });
}

test("a message that does not pass its gate is dropped, and an error of the gate itself is thrown", (t) => {
  t.deepEqual(readMessage(toJson({ count: 7 }), shape), { count: 7 });
  t.is(readMessage(toJson({ count: 10 }), shape), undefined);
  const faulty = () => {
    throw new TypeError("bug");
  };
  t.throws(() => readMessage(toJson({}), faulty), { instanceOf: TypeError });
});
