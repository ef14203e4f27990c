// A process with an engine whose disk does not answer, and its end.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import test from "ava";

const program = fileURLToPath(new URL("fixtures/process-end.ts", import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
}

/** Runs the program to its end. @param closes How its engine closes. */
async function run(
  closes: "well" | "badly" | "never",
  why: string,
  ...more: readonly string[]
): Promise<Ended & { stderr: string }> {
  const child = spawn(process.execPath, [program, closes, why, ...more], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = [text(child.stdout), text(child.stderr)];
  const [code, signal] = (await once(child, "close")) as [number | null, string | null];
  const [stdout = "", stderr = ""] = await Promise.all(output);
  return { code, signal, stdout, stderr };
}

const everything = "at exit\nat exit, on a disk\n";
/** A shell shows it as 137. */
const killed = { code: null, signal: "SIGKILL", stdout: "at exit\n" };

test("an end after all engines have closed has its exit code", async (t) => {
  t.like(await run("well", "done"), { code: 0, stdout: everything });
});

test("an end while an engine could not close is a SIGKILL, without a disk call", async (t) => {
  t.like(await run("badly", "done"), killed);
});

test("an internal failure is 70; while a disk does not answer it is reported and ends by SIGKILL", async (t) => {
  t.like(await run("well", "failure"), { code: 70, stdout: everything });
  const stuck = await run("badly", "failure");
  t.like(stuck, killed);
  t.regex(stuck.stderr, /internal failure: a bug/);
});

test("a user in a hurry does not wait for an engine that never closes", async (t) => {
  const ended = await run("never", "hurry");
  t.like(ended, killed);
  t.regex(
    ended.stderr,
    /^troupe: cannot end in order: a disk call does not return, .* \[disk-not-answering\]/,
  );
});

test("a user in a hurry reads why an engine could not close", async (t) => {
  t.like(await run("badly", "hurry while it closes"), { ...killed, stderr: "troupe: stuck\n" });
});

test("a user in a hurry gets the usual exit code from an engine that closes", async (t) => {
  t.like(await run("well", "hurry"), { code: 130, stdout: everything });
});

test("with --json the exit code is the last line on every way out but SIGKILL", async (t) => {
  for (const [why, exitCode] of [
    ["done", 0],
    ["failure", 70],
    ["hurry", 130],
  ] as const) {
    const { stdout, code } = await run("well", why, "json");
    t.is(code, exitCode);
    // The output of tasks at the exit of this fixture follows.
    const [line = ""] = stdout.split("\n");
    const end = JSON.parse(line) as { readonly time: unknown };
    t.is(typeof end.time, "number");
    t.deepEqual<object, object>({ ...end, time: 0 }, { event: "end", time: 0, exitCode });
  }
  t.like(await run("badly", "done", "json"), killed);
});

test("an end does not wait for a reader of its last output", async (t) => {
  const child = spawn(process.execPath, [program, "never", "unread"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  t.deepEqual(await once(child, "exit"), [null, "SIGKILL"]);
});
