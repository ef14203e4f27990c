import test from "ava";
import { LazyMap, LazySet } from "../src/lazy-collections.ts";

test("a lazy map has the entries of a map", (t) => {
  const lazy = new LazyMap<string, number>();
  t.deepEqual([...lazy], []);
  t.deepEqual(
    [lazy.size, lazy.has("a"), lazy.get("a"), lazy.delete("a")],
    [0, false, undefined, false],
  );
  t.is(lazy.set("a", 1).set("b", 2), lazy);
  t.deepEqual([lazy.size, lazy.has("a"), lazy.get("b")], [2, true, 2]);
  t.deepEqual(
    [...lazy.keys(), ...lazy.values(), ...lazy.entries()],
    ["a", "b", 1, 2, ["a", 1], ["b", 2]],
  );
  t.true(lazy.delete("a"));
  t.deepEqual([...lazy], [["b", 2]]);
  lazy.clear();
  t.deepEqual([...lazy.values()], []);
});

test("a lazy set has the values of a set", (t) => {
  const lazy = new LazySet<string>();
  t.deepEqual([...lazy], []);
  t.deepEqual([lazy.size, lazy.has("a"), lazy.delete("a")], [0, false, false]);
  t.is(lazy.add("a").add("b").add("a"), lazy);
  t.deepEqual([lazy.size, lazy.has("a")], [2, true]);
  t.true(lazy.delete("a"));
  t.deepEqual([...lazy, ...lazy.values()], ["b", "b"]);
  lazy.clear();
  t.is(lazy.size, 0);
});
