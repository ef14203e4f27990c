import test from "ava";
import { nearest } from "../../src/text/nearest.ts";

const words = ["download", "seed", "check", "info", "peer", "port"];

for (const [typed, meant] of [
  ["chekc", "check"],
  ["sed", "seed"],
  ["seeed", "seed"],
  ["downlaod", "download"],
  ["donwlaod", "download"],
  ["prot", "port"],
  ["xxxx", undefined],
  ["debian", undefined],
  ["", undefined],
] as const) {
  test(`${typed || "nothing"} is ${meant ?? "none of them"}`, (t) => {
    t.is(nearest(typed, words), meant);
  });
}
