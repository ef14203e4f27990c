import test from "ava";
import { Parameters } from "../../src/transmission/parameters.ts";

test("flags are also numbers and words, as some clients send them", (t) => {
  const parameters = new Parameters({ a: true, b: 0, c: "true", d: null });
  t.deepEqual(
    ["a", "b", "c", "d", "e"].map((name) => parameters.flag(name)),
    [true, false, true, undefined, undefined],
  );
});

test("fractions of whole numbers are cut", (t) => {
  const parameters = new Parameters({ a: 97.65, b: -1.5, list: [1.2, 3] });
  t.deepEqual([parameters.whole("a"), parameters.whole("b")], [97, -1]);
  t.deepEqual(parameters.wholes("list"), [1, 3]);
});

test("names of the prototype are no parameters", (t) => {
  const parameters = new Parameters({ a: 1, b: null });
  t.is(parameters.value("constructor"), undefined);
  t.false(parameters.has("toString"));
  t.deepEqual(parameters.names, ["a"]);
});

test("a value of another type is refused with what is allowed", (t) => {
  const parameters = new Parameters({ a: {}, b: ["x", 1], c: Number.NaN });
  const refused = (read: () => unknown, message: RegExp) =>
    t.throws(read, { code: "option-out-of-range", message });
  refused(() => parameters.flag("a"), /option a is an object; allowed is true or false/);
  refused(() => parameters.whole("a"), /allowed is a number/);
  refused(() => parameters.figure("c"), /option c is NaN; allowed is a number/);
  refused(() => parameters.text("a"), /allowed is a text/);
  refused(() => parameters.texts("b"), /option b is a list; allowed is a list of texts/);
  refused(() => parameters.wholes("b"), /allowed is a list of numbers/);
  refused(() => parameters.list("a"), /allowed is a list/);
});
