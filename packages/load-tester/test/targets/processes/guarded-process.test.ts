import { spawn } from "node:child_process";
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { until } from "../../../../../test/support/time/until.ts";
import { GuardedProcess } from "../../../src/targets/processes/guarded-process.ts";

const killedTester = fileURLToPath(new URL("../../support/killed-tester.ts", import.meta.url));

const onLinux = process.platform === "linux" ? test : test.skip;

function start(script: string, folder = ""): Promise<GuardedProcess> {
  return GuardedProcess.start({ command: ["/bin/sh", "-c", script], folder });
}

function freshFolder(): string {
  return mkdtempSync(join(tmpdir(), "troupe-test-guard-"));
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** The process id that a program prints of its child. */
async function childOf(program: GuardedProcess): Promise<number> {
  await until("the id of the child", () => /\d/.test(program.tail()));
  return Number(program.tail());
}

test("a program runs until its disposal, which removes its folder", async (t) => {
  const folder = freshFolder();
  const program = await start("exec sleep 600", folder);
  const pid = await program.pid;
  t.true(isRunning(pid));
  t.false(program.hasEnded);
  await program[Symbol.asyncDispose]();
  t.deepEqual(await program.ended, { status: undefined, signal: "signal 15" });
  t.false(isRunning(pid));
  t.false(existsSync(folder));
});

test("a program that ends by itself leaves its status and its last lines", async (t) => {
  const folder = freshFolder();
  const program = await start("echo one; echo 'two \u001b[31m' >&2; exit 3", folder);
  t.deepEqual(await program.ended, { status: 3, signal: undefined });
  t.regex(program.tail(), /one/);
  t.regex(program.tail(), /two/);
  t.false(program.tail().includes("\u001b"));
  t.false(existsSync(folder));
  await program[Symbol.asyncDispose]();
});

test("a program that is not there ends with 127", async (t) => {
  const program = await GuardedProcess.start({
    command: ["/nonexistent/program"],
    folder: "",
  });
  t.is((await program.ended).status, 127);
  t.regex(program.tail(), /nonexistent/);
});

test("a program that ignores SIGTERM is killed", async (t) => {
  const program = await start("trap '' TERM; echo deaf; while :; do sleep 0.05; done");
  await until("the program ignores the signal", () => program.tail().includes("deaf"));
  await program[Symbol.asyncDispose]();
  t.deepEqual(await program.ended, { status: undefined, signal: "signal 9" });
});

test("the children of a program end with it", async (t) => {
  const program = await start("sleep 600 & echo $!; wait");
  const child = await childOf(program);
  t.true(isRunning(child));
  await program[Symbol.asyncDispose]();
  // Its new parent takes note of its end a moment later.
  await until("the child ends", () => !isRunning(child));
});

onLinux(
  "a child with a session of its own that keeps the output open does not hold up the end",
  async (t) => {
    const program = await start("setsid sh -c 'echo $$; exec sleep 600' & sleep 600");
    const child = await childOf(program);
    await program[Symbol.asyncDispose]();
    t.true(program.hasEnded);
    process.kill(child);
  },
);

test("a tester that is killed leaves neither the program nor its folder", async (t) => {
  const folder = freshFolder();
  const tester = spawn(process.execPath, [killedTester, folder], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  tester.stdout.on("data", (bytes: Buffer) => (output += bytes.toString()));
  const [, signal] = await new Promise<[unknown, string | null]>((resolve) =>
    tester.once("close", (...end) => resolve(end)),
  );
  t.is(signal, "SIGKILL");
  const pid = Number(output);
  t.true(pid > 0);
  await until("the program ends", () => !isRunning(pid));
  await until("the folder is removed", () => !existsSync(folder));
  t.pass();
});
