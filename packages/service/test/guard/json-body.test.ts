import test from "ava";
import fc from "fast-check";
import { callsIn, parseJsonBody } from "../../src/guard/json-body.ts";
import { allowed, refused } from "../support/refused.ts";

function parse(text: string) {
  return parseJsonBody(Buffer.from(text));
}

test("any JSON of a moderate depth is read as JSON.parse reads it", (t) => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 10 }), (text) => {
      const result = parse(text);
      if (/__proto__/.test(text)) return;
      t.deepEqual(allowed(result).value, JSON.parse(text));
    }),
  );
});

test("case 89: a body of 32 arrays and objects is read, a deeper one is refused before it is parsed", (t) => {
  for (const [open, close] of [
    ["[", "]"],
    ['{"a":', "}"],
  ] as const) {
    const nested = (depth: number): string => `${open.repeat(depth)}1${close.repeat(depth)}`;
    allowed(parse(nested(32)));
    refused(t, parse(nested(33)), "json-malformed", 400);
    const { message } = refused(t, parse(open.repeat(1_000_000)), "json-malformed", 400);
    t.regex(message, /deeper than 32/);
  }
  allowed(parse(`[${"[],".repeat(1_000)}[]]`));
});

test("brackets and quotes in strings have no depth", (t) => {
  for (const inner of ["[".repeat(99), '\\"[['.repeat(99), "\\\\", '\\\\\\"{{', "\\u0022["]) {
    const text = `["${inner}",[1]]`;
    t.deepEqual(allowed(parse(text)).value, JSON.parse(text));
  }
  refused(t, parse(`["\\\\",${"[".repeat(40)}`), "json-malformed", 400);
});

test("a JSON body that is cut at any byte is refused", (t) => {
  const text = '{"jsonrpc":"2.0","params":{"labels":["a\\"b","é"]},"id":1}';
  const bytes = Buffer.from(text);
  for (let length = 0; length < bytes.length; length++)
    refused(t, parseJsonBody(bytes.subarray(0, length)), "json-malformed", 400);
});

test("other bytes than UTF-8, and a byte order mark, are refused", (t) => {
  refused(t, parseJsonBody(Uint8Array.of(0x22, 0xff, 0x22)), "json-malformed", 400);
  refused(t, parse("\ufeff{}"), "json-malformed", 400);
});

test("case 89: a key __proto__ is refused in each of its spellings, as a value it is allowed", (t) => {
  for (const text of [
    '{"__proto__":{}}',
    '[{"a":{"__proto__":1}}]',
    '{"\\u005f_proto__":1}',
    '{"_\\u005Fproto__":1}',
    '{"__pr\\u006fto__":1}',
    '{"\\u005f\\u005f\\u0070\\u0072\\u006f\\u0074\\u006f\\u005f\\u005f":1}',
  ])
    refused(t, parse(text), "json-malformed", 400);
  t.deepEqual(allowed(parse('["__proto__","\\u005f"]')).value, ["__proto__", "_"]);
  t.is(({} as { a?: number }).a, undefined);
});

test("a body is one call, or a batch of 1 to 32", (t) => {
  t.deepEqual(callsIn({ id: 1 }), [{ id: 1 }]);
  t.deepEqual(callsIn(7), [7]);
  t.is(allowed(callsIn(Array<number>(32).fill(1))).length, 32);
  for (const length of [0, 33])
    refused(t, callsIn(Array<number>(length).fill(1)), "json-malformed", 400);
});

test("a body has at most 100,000 values, and more are refused before they are parsed", (t) => {
  t.is((allowed(parse(`[${"0,".repeat(99_999)}0]`)).value as unknown[]).length, 100_000);
  for (const text of [
    `[${"0,".repeat(100_000)}0]`,
    `[${"{},".repeat(50_000)}{}]`,
    `[${"[],".repeat(300_000)}`,
    `{${'"a":0,'.repeat(100_000)}"a":0}`,
  ])
    t.regex(refused(t, parse(text), "json-malformed", 400).message, /100000 values/);
  allowed(parse(JSON.stringify([",[{".repeat(100_000)])));
});
