import test, { type ExecutionContext } from "ava";
import { parseArguments } from "../../src/arguments/parse-arguments.ts";
import { UsageError } from "../../src/arguments/usage-error.ts";

const parses = test.macro((t: ExecutionContext, line: string, expected: object) => {
  t.like(parseArguments(line.split(" ")), expected);
});

const refuses = test.macro((t: ExecutionContext, line: string, sentence: RegExp) => {
  const error = t.throws(() => parseArguments(line.split(" ")), { instanceOf: UsageError });
  t.regex(error.message, sentence);
});

test("a log file has more entries than the screen", parses, "a --log-file x.log", {
  logLevel: "info",
});
test("the level of a log file can be chosen", parses, "a --log-file x.log --log-level debug", {
  logLevel: "debug",
});
test(
  "--json-events implies --json, and never leaves out error and end",
  parses,
  "a --json-events progress,complete",
  {
    json: true,
    jsonEvents: new Set(["progress", "complete", "error", "end"]),
  },
);
test(
  "--json-events names the nearest event",
  refuses,
  "a --json-events progres",
  /no event "progres"; did you mean progress\?/,
);
test("an unknown level is refused", refuses, "a --log-level loud", /error, warn, info, debug/);
