import test from "ava";
import { printsJsonLines } from "../../src/arguments/prints-json-lines.ts";

for (const line of [
  "load-test --list --json",
  "load-test --schema --json",
  "load-test report a.json --json",
  "load-test report a.json --json --format junit",
]) {
  test(`no event follows the document that ${line} prints`, (t) => {
    t.false(printsJsonLines(line.split(" ")));
  });
}

for (const line of [
  "load-test report a.json --json --report a.html",
  "load-test compare a.json b.json --json",
  "load-test first-look --json",
  "a.torrent --json",
  "a.torrent --json-events complete",
  "load-test --no-such-option --json",
]) {
  test(`${line} prints events`, (t) => {
    t.true(printsJsonLines(line.split(" ")));
  });
}

test("no events are printed without --json", (t) => {
  t.false(printsJsonLines(["a.torrent"]));
});
