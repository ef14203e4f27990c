import test from "ava";
import { PickledObject, readPickle } from "../../../src/api/imports/pickle.ts";

const classes = new Set(["m.Known"]);

function read(text: string): unknown {
  return readPickle(Buffer.from(text, "latin1"), classes);
}

test("L19: the pickle reader reads texts, numbers, lists, tuples, dictionaries, booleans and None", (t) => {
  t.is(read("\x80\x02X\x02\0\0\0hi."), "hi");
  t.is(read("K\x07."), 7);
  t.is(read("J\xff\xff\xff\xff."), -1);
  t.is(read("G\x3f\xf8\0\0\0\0\0\0."), 1.5);
  t.is(read("\x8a\x02\x00\x80."), -32_768);
  t.deepEqual(read("](K\x01K\x02e."), [1, 2]);
  t.deepEqual(read("\x88\x89N\x87."), [true, false, null]);
  t.deepEqual(read("}(X\x01\0\0\0aK\x01u."), new Map([["a", 1]]));
  t.deepEqual(read("K\x05q\x00h\x00\x86."), [5, 5]);
});

test("L19: the pickle reader makes objects of known classes alone", (t) => {
  const made = read("cm\nKnown\n)\x81}(X\x01\0\0\0aK\x01ub.");
  t.true(made instanceof PickledObject);
  t.is((made as PickledObject).className, "m.Known");
  t.is((made as PickledObject).fields.get("a"), 1);
  t.throws(() => read("cos\nsystem\n."), { code: "import-malformed" });
});

test("L19: the pickle reader refuses calls, what was cut off, and values that are not there", (t) => {
  // A call of a known class, too: REDUCE would run code.
  for (const text of [
    "cm\nKnown\n)R.",
    "",
    "X\xff\0\0\0a",
    "h\x01.",
    "e.",
    ".",
    "K\x01K\x01a.",
    "P1\n.",
  ])
    t.throws(() => read(text), { code: "import-malformed" }, JSON.stringify(text));
});
