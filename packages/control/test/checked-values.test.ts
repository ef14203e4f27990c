import test from "ava";
import { oneOf, spelled, within } from "../src/index.ts";

test("a whole number within its bounds is given back, any other value is refused by name", (t) => {
  t.deepEqual([within("n", 1, 1, 3), within("n", 3, 1, 3)], [1, 3]);
  for (const value of [0, 4, 1.5, Number.NaN, "2"]) {
    const error = t.throws(() => within("n", value as number, 1, 3), {
      code: "option-out-of-range",
    });
    t.is(error.message, `option n is ${spelled(value)}; allowed is a whole number from 1 to 3`);
  }
});

test("a word that is no choice is refused with the choices", (t) => {
  t.is(oneOf("announce", "all", ["all", "strict"]), "all");
  t.throws(() => oneOf("announce", "some", ["all", "strict"]), {
    message: "option announce is some; allowed is all, strict",
  });
});

test("a wrong value is spelled in quotes if it is a text, cut, and by its kind if it is an object", (t) => {
  t.deepEqual(["0", 0, [], {}, null, undefined].map(spelled), [
    '"0"',
    "0",
    "a list",
    "an object",
    "null",
    "undefined",
  ]);
  t.is(spelled("x".repeat(1_000)).length, 102);
});
