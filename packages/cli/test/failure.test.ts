import test from "ava";
import { mkdirSync } from "node:fs";
import { UsageError } from "../src/arguments/usage-error.ts";
import {
  CommandError,
  describeFailure,
  ExitCode,
  failureOf,
  gravestExitCode,
} from "../src/failure.ts";

test("an error with a code has a sentence, its code, and an advice", (t) => {
  const failure = failureOf(Object.assign(new Error("there is no file x"), { code: "ENOENT" }));
  t.is(failure.exitCode, ExitCode.failed);
  t.is(
    describeFailure(failure, "a.torrent"),
    "troupe: a.torrent: there is no file x [ENOENT]\n  Check the path.",
  );
});

test("an error of Node itself becomes a sentence without its code and call", (t) => {
  const folder = t.throws(() => mkdirSync("/proc/self/x/y"));
  t.regex(
    describeFailure(failureOf(folder)),
    /^troupe: cannot make the folder "\/proc\/self\/x\/y": no such file or directory \[ENOENT\]/,
  );
  const file = Object.assign(new Error("EACCES: permission denied, open '/x'"), {
    ...{ code: "EACCES", syscall: "open", path: "/x" },
  });
  t.is(
    describeFailure(failureOf(file)),
    'troupe: cannot use "/x": permission denied [EACCES]\n  Check the permissions there.',
  );
});

test("AE27: a module that is taken for a package gets the advice to write a path", (t) => {
  const error = new CommandError("module-not-found", 'cannot find the package "picker.mjs"');
  t.regex(describeFailure(failureOf(error)), /The path of a module begins with \.\/, /);
});

test("the error of a wrong command line points to the help", (t) => {
  const failure = failureOf(new UsageError("there is no option --x", "seed"));
  t.is(failure.exitCode, ExitCode.wrongUsage);
  t.is(
    describeFailure(failure),
    "troupe: there is no option --x [wrong-usage]\n  See `troupe help seed`.",
  );
});

test("`already-running` has an exit code of its own", (t) => {
  t.is(failureOf(new CommandError("already-running", "x")).exitCode, 75);
});

for (const [title, error] of Object.entries({
  "an error without a code": new TypeError("x is not a function"),
  "a code of Node's for wrong calls": Object.assign(new Error("x"), {
    code: "ERR_INVALID_ARG_TYPE",
  }),
  "an impossible state": new CommandError("whatever", "bug: piece 3 is had and missing"),
  "something thrown that is no error": "text",
})) {
  test(`${title} is an internal failure`, (t) => {
    const failure = failureOf(error);
    t.is(failure.exitCode, 70);
    t.is(failure.code, "internal");
    t.regex(describeFailure(failure), /report/);
  });
}

test("text from outside cannot control the terminal", (t) => {
  const failure = failureOf(new CommandError("tracker-refused", "no\u001b[2J\nway"));
  const text = describeFailure(failure, "a\u001b]0;b\u0007");
  t.is(text, "troupe: a]0;b: no[2J way [tracker-refused]");
});

test("the gravest of several outcomes is the exit code", (t) => {
  t.is(gravestExitCode([]), 0);
  t.is(gravestExitCode([0, 130, 0]), 130);
  t.is(gravestExitCode([130, 1, 0]), 1);
  t.is(gravestExitCode([1, 75, 0]), 75);
  t.is(gravestExitCode([70, 75]), 70);
});
