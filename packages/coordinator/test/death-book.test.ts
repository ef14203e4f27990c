import test from "ava";
import { DeathBook, deathMemoryMs, mostInputs, wasAskedFor } from "../src/death-book.ts";

test("the second death at one input within an hour is told", (t) => {
  const book = new DeathBook();
  t.false(book.isSecond("peer 1 a", 0));
  t.false(book.isSecond("peer 1 b", 0));
  t.true(book.isSecond("peer 1 a", deathMemoryMs - 1));
});

test("after it was told both deaths are forgotten", (t) => {
  const book = new DeathBook();
  t.deepEqual(
    [0, 1, 2, 3].map((nowMs) => book.isSecond("a", nowMs)),
    [false, true, false, true],
  );
});

test("a death of more than an hour ago is no death any more", (t) => {
  const book = new DeathBook();
  t.false(book.isSecond("a", 0));
  t.false(book.isSecond("a", deathMemoryMs));
  t.true(book.isSecond("a", deathMemoryMs + 1));
});

test("beyond its bound the oldest input is forgotten", (t) => {
  const book = new DeathBook();
  for (let n = 0; n <= mostInputs; n++) t.false(book.isSecond(String(n), 0));
  t.false(book.isSecond("0", 0));
  t.true(book.isSecond(String(mostInputs), 0));
});

test("an end that was asked for is nobody's fault", (t) => {
  t.true(wasAskedFor(Object.assign(new Error("killed"), { code: "actor-killed" })));
  t.false(wasAskedFor(new TypeError("undefined is not a function")));
  t.false(wasAskedFor(undefined));
});
