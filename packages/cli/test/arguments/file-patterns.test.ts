import test from "ava";
import { patternTest, parsePriority, parseSelect } from "../../src/arguments/file-patterns.ts";

test("a selection has numbers, ranges and globs", (t) => {
  t.deepEqual(parseSelect("1, 3-5,*.txt,{a,b}/*"), [
    { first: 1, last: 1 },
    { first: 3, last: 5 },
    { glob: "*.txt" },
    { glob: "{a,b}/*" },
  ]);
});

test("an empty selection is wrong usage", (t) => {
  for (const text of ["", "1,", "0", "5-3"])
    t.throws(() => parseSelect(text), { name: "UsageError" });
});

test("a priority is for a glob or for numbers", (t) => {
  t.deepEqual(parsePriority("*.txt=10"), { pattern: { glob: "*.txt" }, priority: 10 });
  t.deepEqual(parsePriority("a=b=0"), { pattern: { glob: "a=b" }, priority: 0 });
  t.deepEqual(parsePriority("2-3=65535"), { pattern: { first: 2, last: 3 }, priority: 65_535 });
});

test("a priority without a file, without a number or beyond the highest is wrong usage", (t) => {
  for (const text of ["=1", "*.txt", "*.txt=", "*.txt=-1", "*.txt=65536", "*.txt=high"]) {
    t.throws(() => parsePriority(text), { name: "UsageError" });
  }
});

test("a glob without a slash matches the file name, a glob with a slash the path", (t) => {
  const is = (glob: string, path: string) => patternTest({ glob })(path, 1);
  t.true(is("*.srt", "film/subs/en.srt"));
  t.true(is("subs/*", "film/subs/en.srt"));
  t.true(is("film/subs/*", "film/subs/en.srt"));
  t.false(is("subs", "film/subs/en.srt"));
  t.false(is("*.srt", "film/film.mkv"));
  t.true(is("film.mkv", "film.mkv"));
  t.true(is("[1] odd.txt", "film/[1] odd.txt"));
});

test("numbers count from 1", (t) => {
  const isMeant = patternTest({ first: 2, last: 3 });
  t.deepEqual(
    [1, 2, 3, 4].map((number) => isMeant("x", number)),
    [false, true, true, false],
  );
});
