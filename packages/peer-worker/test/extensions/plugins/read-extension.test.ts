import test from "ava";
import fc from "fast-check";

import { readExtension } from "../../../src/extensions/plugins/read-extension.ts";
import { maxExtendedBytes, maxPluginBytes } from "../../../src/limits.ts";

const url = "file:///chat.mjs";
const least = { name: "x_chat", message() {} };

test("AE27: an extension has usual bounds unless it names its own", (t) => {
  t.like(readExtension(url, least), { url, maxBytes: 16_384, maxMessages: 600, fields: {} });
  const own = readExtension(url, { ...least, maxBytes: maxPluginBytes, maxMessages: 60_000 });
  t.like(own, { maxBytes: maxPluginBytes, maxMessages: 60_000 });
  t.true(maxPluginBytes + 3 <= maxExtendedBytes, "its messages fit into a frame");
});

test("AE27: fields are copied", (t) => {
  const fields: Record<string, number> = { x_one: 1 };
  const read = readExtension(url, { ...least, fields });
  fields["x_two"] = 2;
  t.deepEqual(read.fields, { x_one: 1 });
});

for (const [what, parts, reason] of [
  ["an empty name", { name: "" }, /name/],
  ["a name of 65 characters", { name: "x".repeat(65) }, /name/],
  ["a name with a space", { name: "x chat" }, /name/],
  ["messages of 32 KiB", { maxBytes: 32_768 }, /maxBytes must be a whole number from 1 to 31744/],
  ["messages of no bytes", { maxBytes: 0 }, /maxBytes/],
  ["half a message a minute", { maxMessages: 0.5 }, /maxMessages/],
  ["a text as its handler of peers", { connected: "no" }, /its connected must be a function/],
  ["a number as its end", { close: 1 }, /its close must be a function/],
  ["a list of fields", { fields: [] }, /fields must be an object/],
  ["a field of BEP 10", { fields: { reqq: 1 } }, /its field "reqq" has a meaning of BEP 10/],
  ["fields of 2 KiB", { fields: { x: "y".repeat(2_048) } }, /1024 are allowed/],
  ["a field that has no encoding", { fields: { x: 1.5 } }, /cannot encode/],
  ["a function as a field", { fields: { x: () => {} } }, /could not be cloned/],
] as const) {
  test(`AE27: an extension with ${what} is refused`, (t) => {
    t.throws(() => readExtension(url, { ...least, ...parts }), { message: reason });
  });
}

test("AE27: anything that a module makes is an extension within the bounds, or refused", (t) => {
  const parts = fc.record(
    {
      name: fc.oneof(fc.constant("x_chat"), fc.anything()),
      message: fc.oneof(
        fc.constant(() => {}),
        fc.anything(),
      ),
      maxBytes: fc.oneof(fc.integer(), fc.anything()),
      maxMessages: fc.oneof(fc.integer(), fc.anything()),
      fields: fc.oneof(fc.dictionary(fc.string(), fc.integer()), fc.anything()),
      close: fc.anything(),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.oneof(parts, fc.anything()), (made) => {
      let read;
      try {
        read = readExtension(url, made);
      } catch (error) {
        return error instanceof Error;
      }
      const { name, maxBytes, maxMessages } = read;
      return (
        /^[!-~]{1,64}$/.test(name) &&
        maxBytes >= 1 &&
        maxBytes <= maxPluginBytes &&
        maxMessages >= 1 &&
        maxMessages <= 60_000 &&
        typeof read.made.message === "function"
      );
    }),
  );
  t.pass();
});
