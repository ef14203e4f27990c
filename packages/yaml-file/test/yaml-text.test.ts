import test from "ava";
import { parseText, writeText } from "../src/yaml-text.ts";

const kind = { code: "list-malformed", content: "a list" } as const;

function valueOf(text: string): unknown {
  return parseText(text, "list.yaml", kind).value;
}

test("a key and a value know their places", (t) => {
  const { value, placeOf } = parseText("a:\n  b: [1, x]\n", "list.yaml", kind);
  t.deepEqual(value, { a: { b: [1, "x"] } });
  t.deepEqual(placeOf({ path: ["a", "b"], isKey: true, within: 0 }), { line: 2, column: 3 });
  t.deepEqual(placeOf({ path: ["a", "b", 1], isKey: false, within: 0 }), { line: 2, column: 10 });
});

test("a merge key gives a mapping the keys of another, and its own keys win", (t) => {
  const text = "base: &base { count: 3, take: 2 }\ncopy: { <<: *base, count: 7 }\n";
  t.deepEqual(valueOf(text), { base: { count: 3, take: 2 }, copy: { count: 7, take: 2 } });
});

test("a merge key without a mapping is refused", (t) => {
  t.throws(() => valueOf("a: { <<: leech }"), {
    code: "list-malformed",
    message: /^list\.yaml:1:10: a\.<< is "leech"; allowed is the alias of/,
  });
});

test("an empty file is refused, unless its kind may be empty", (t) => {
  t.throws(() => valueOf("# nothing"), {
    message: "list.yaml:1:1: the file is empty; allowed is a list",
  });
  t.is(parseText("# nothing", "list.yaml", { code: "list-malformed" }).value, null);
});

test("aliases, depth and size have bounds", (t) => {
  const bombs = [
    `a: &a 1\nb: [${"*a,".repeat(101)}]`,
    `a: ${"[".repeat(20)}${"]".repeat(20)}`,
    `a: "${"x".repeat(1 << 20)}"`,
    `a: [${"1,".repeat(150_000)}]`,
  ];
  for (const bomb of bombs) t.throws(() => valueOf(bomb), { code: "list-malformed" });
});

test("what is written is read again", (t) => {
  const value = { a: [1, "x: y", null], b: { c: true } };
  t.deepEqual(valueOf(writeText(value)), value);
});
