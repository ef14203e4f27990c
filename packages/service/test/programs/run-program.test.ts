// Programs, as the system runs them.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { temporaryFolder } from "../../../../test/support/files/temporary-folder.ts";
import { until } from "../../../../test/support/time/until.ts";
import { runProgram, torrentVariables } from "../../src/programs/index.ts";
import { exampleTorrent } from "../support/example-entry.ts";

const onUnix = process.platform === "win32" ? test.skip : test;

/** A program that writes its words and its variables into a file. */
function program(folder: string, body: string): string {
  const path = join(folder, "program");
  writeFileSync(path, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  return path;
}

onUnix("a program ends with its exit code or its signal", async (t) => {
  using folder = temporaryFolder("programs");
  const path = program(folder.path, '[ "$1" = die ] && kill -TERM $$; exit "$1"');
  t.deepEqual(await runProgram(path, ["3"], {}), { exitCode: 3, signal: null });
  t.deepEqual(await runProgram(path, ["die"], {}), { exitCode: null, signal: "SIGTERM" });
  await t.throwsAsync(runProgram(join(folder.path, "missing"), [], {}), { code: "ENOENT" });
});

onUnix("the name of a torrent (CVE-2019-13640) runs nothing, and has no line end", async (t) => {
  using folder = temporaryFolder("programs");
  const bin = join(folder.path, "bin");
  mkdirSync(bin);
  const seen = join(bin, "seen");
  const path = program(bin, `printf '%s\\n' "$#" "$TR_TORRENT_NAME" > "${seen}"`);
  const mark = join(folder.path, "mark");
  for (const name of [
    `$(touch ${mark})`,
    `\`touch ${mark}\``,
    `"; touch ${mark}; "`,
    `'; touch ${mark}; '`,
    `a\ntouch ${mark}\n`,
    `| touch ${mark} &`,
    `--help\0x; touch ${mark}`,
  ]) {
    const torrent = { ...exampleTorrent, name };
    const variables = { PATH: process.env["PATH"], ...torrentVariables(torrent, 0) };
    t.deepEqual(await runProgram(path, [], { variables }), { exitCode: 0, signal: null }, name);
    const [count, shown, ...more] = readFileSync(seen, "utf8").split("\n");
    t.is(count, "0");
    t.is(shown, torrentVariables(torrent, 0)["TR_TORRENT_NAME"]);
    t.deepEqual(more, [""], "a line alone");
    t.false(existsSync(mark), name);
  }
});

onUnix("an abort ends the whole group of a program at once", async (t) => {
  using folder = temporaryFolder("programs");
  const child = join(folder.path, "child");
  const path = program(
    folder.path,
    `trap '' TERM\nsh -c 'trap "" TERM; echo $$ > ${child}.new; mv ${child}.new ${child}; while :; do sleep 1; done' &\nwait`,
  );
  const end = new AbortController();
  const running = runProgram(path, [], { signal: end.signal, hasGroup: true });
  await until("the child runs", () => existsSync(child));
  const pid = Number(readFileSync(child, "utf8"));
  end.abort();
  t.deepEqual(await running, { exitCode: null, signal: "SIGKILL" });
  // The child of the program dies of the same signal; its parent does not wait for it.
  await until("the child has ended", () => !isAlive(pid));
  t.pass();
});

function isAlive(pid: number): boolean {
  try {
    const state = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1];
    return state?.startsWith("Z") === false;
  } catch {
    return false;
  }
}
