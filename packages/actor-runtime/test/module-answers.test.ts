import test from "ava";
import { deedOf, longestModuleError, makerOf, partOf, WrongAnswer } from "../src/module-answers.ts";

test("the error of a module is the end of a short sentence", (t) => {
  t.is(deedOf(new WrongAnswer("is closed")), "is closed");
  t.is(deedOf(new RangeError("no")), "threw RangeError: no");
  t.true(deedOf(new Error("a".repeat(5_000))).length <= "threw ".length + longestModuleError);
});

test("a module without a function as its default export has given a wrong answer", (t) => {
  const make = () => 4;
  t.is(makerOf(make), make);
  for (const exported of [undefined, null, "make", { make }]) {
    t.throws(() => makerOf(exported), {
      instanceOf: WrongAnswer,
      message: "has no function as its default export",
    });
  }
});

test("an object of a module has the method that is needed, and methods alone under the names that are optional", (t) => {
  const method = () => undefined;
  for (const part of [{ read: method }, { read: method, close: method, other: 4 }])
    t.is(partOf(part, "read", ["close"]), part);
  for (const [part, message] of [
    [undefined, "returned no object with the method `read`"],
    [null, "returned no object with the method `read`"],
    [method, "returned no object with the method `read`"],
    [{}, "returned an object whose `read` is no method"],
    [{ read: 4 }, "returned an object whose `read` is no method"],
    [{ read: method, close: 4 }, "returned an object whose `close` is no method"],
  ] as const) {
    t.throws(() => partOf(part, "read", ["close"]), { instanceOf: WrongAnswer, message });
  }
});
