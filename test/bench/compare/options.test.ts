// The options of `pnpm bench:compare`.

import test from "ava";
import { readOptions } from "../../../bench/compare/options.ts";

const read = (...words: string[]) => readOptions(words, ["download", "seed"], ["ours", "aria2"]);

test("without options every row is measured seven times, and the page is left alone", (t) => {
  const { rows, contestants, runs, json, writesDocs } = read();
  t.deepEqual(rows, ["download", "seed"]);
  t.deepEqual([contestants, runs, json, writesDocs], [undefined, 7, undefined, false]);
});

test("rows and clients are lists", (t) => {
  const { rows, contestants } = read("--only", "seed", "--client", "aria2,ours");
  t.deepEqual(rows, ["seed"]);
  t.deepEqual(contestants, ["aria2", "ours"]);
});

test("two commits are compared in sixteen pairs, unless another number is named", (t) => {
  const { against, runs, bar } = read("--against", "HEAD~1");
  t.deepEqual([against, runs, bar], ["HEAD~1", 16, 0.98]);
  t.is(read("--against", "HEAD~1", "--runs", "3").runs, 3);
});

for (const [words, named] of [
  [["--against", "HEAD", "--client", "ours"], /leave out --client and --write-docs/],
  [["--bar", "1.2"], /0\.5 to 1, not 1\.2/],
  [["--only", "download,sed"], /--only takes download, seed, .*"sed"/],
  [["--client", "deluge"], /--client takes ours, aria2, .*"deluge"/],
  [["--runs", "0"], /1 to 100, not 0/],
  [["--runs", "some"], /1 to 100, not some/],
  [["--row", "seed"], /--row/],
] as const) {
  test(`a wrong word is refused by name: ${words.join(" ")}`, (t) => {
    t.throws(() => read(...words), { message: named });
  });
}
