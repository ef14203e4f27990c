// Completion is tried in the shells themselves, where there is one.

import { execFile, spawnSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import test from "ava";
import type { ExecutionContext } from "ava";
import {
  commandNames,
  findOption,
  optionTable,
  shownOptions,
} from "../src/arguments/option-table.ts";
import { shellNames } from "../src/arguments/parse-arguments.ts";
import { completionScript } from "../src/completion.ts";

const run = promisify(execFile);

function testWith(shell: string): typeof test | typeof test.skip {
  return spawnSync(shell, ["-c", "true"]).status === 0 ? test : test.skip;
}

/** A folder with two torrents, another file and a folder. */
async function folder(t: ExecutionContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "troupe-test-"));
  t.teardown(() => rm(path, { recursive: true, force: true }));
  await mkdir(join(path, "below"));
  for (const name of ["a.torrent", "b c.torrent", "notes.txt"])
    await writeFile(join(path, name), "");
  return path;
}

/** The words that bash offers after these; the last is being typed. */
async function offered(t: ExecutionContext, ...words: string[]): Promise<string[]> {
  const ask = `
    COMP_WORDS=(troupe "$@"); COMP_CWORD=$#
    _troupe
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const script = completionScript("bash") + ask;
  const { stdout } = await run("bash", ["--norc", "-c", script, "bash", ...words], {
    cwd: await folder(t),
  });
  return stdout.split("\n").filter((line) => line !== "");
}

const withBash = testWith("bash");

withBash("bash offers calls, torrents and folders first", async (t) => {
  const all = await offered(t, "");
  t.deepEqual(all, [...commandNames, "a.torrent", "b c.torrent", "below"].toSorted());
});

withBash("bash completes a call", async (t) => {
  t.deepEqual(await offered(t, "se"), ["seed", "serve", "set", "settings"]);
  t.deepEqual(await offered(t, "comp"), ["completion"]);
});

withBash("bash offers the options of the call", async (t) => {
  t.deepEqual(await offered(t, "seed", "--no-p"), ["--no-pex", "--no-port-mapping"]);
  t.deepEqual(await offered(t, "info", "--s"), ["--save", "--settings", "--state-dir"]);
  t.deepEqual(await offered(t, "a.torrent", "--seq"), ["--sequential"]);
  t.deepEqual(await offered(t, "seed", "--seq"), []);
  t.deepEqual(await offered(t, "seed", "--cho"), ["--choker"]);
  t.deepEqual(await offered(t, "a.torrent", "--ext"), ["--extension"]);
});

withBash("bash offers the values of an option", async (t) => {
  t.deepEqual(await offered(t, "a.torrent", "--dir", ""), ["below"]);
  t.deepEqual(await offered(t, "a.torrent", "-d", ""), ["below"]);
  t.deepEqual(await offered(t, "demo", "--log-level", "d"), ["debug"]);
  t.deepEqual(await offered(t, "a.torrent", "--verify", ""), ["full", "none", "sample"]);
  t.deepEqual(await offered(t, "a.torrent", "--seed-until", ""), ["all", "any"]);
  t.deepEqual(await offered(t, "a.torrent", "--announce", ""), ["all", "parallel", "strict"]);
  t.deepEqual(await offered(t, "demo", "--log-file", "no"), ["notes.txt"]);
  t.deepEqual(await offered(t, "a.torrent", "--port", ""), []);
});

withBash("bash offers torrents only where a torrent is wanted", async (t) => {
  t.deepEqual(await offered(t, "check", "b"), ["b c.torrent", "below"]);
  t.deepEqual(await offered(t, "demo", ""), []);
  t.deepEqual(await offered(t, "completion", ""), ["bash", "fish", "zsh"]);
  t.true((await offered(t, "help", "")).includes("display"));
});

testWith("fish")("fish offers calls, options and torrents", async (t) => {
  const cwd = await folder(t);
  const offers = async (line: string): Promise<string[]> => {
    const script = `${completionScript("fish")}complete -C '${line}'`;
    const { stdout } = await run("fish", ["--no-config", "-c", script], { cwd });
    return stdout.split("\n").map((offer) => offer.split("\t")[0] ?? "");
  };
  t.true((await offers("troupe se")).includes("seed"));
  t.true((await offers("troupe seed --po")).includes("--port"));
  t.true((await offers("troupe seed -d ")).includes("below/"));
  t.true((await offers("troupe check ")).includes("a.torrent"));
});

testWith("fish")("fish shows the apostrophe of an option's text", async (t) => {
  const script = `${completionScript("fish")}complete -C 'troupe seed --state-d'`;
  const { stdout } = await run("fish", ["--no-config", "-c", script]);
  t.true(stdout.includes("the platform's state folder"), stdout);
});

testWith("zsh")("zsh gets apostrophes, colons and both spellings of an option", async (t) => {
  // Stand-ins for zsh's own functions print what the script gives them.
  const standIns = `
    compdef() { : }
    _describe() { print -rl -- $calls }
    _arguments() { print -rl -- "$@" }`;
  const specs = async (words: string, current: number): Promise<string[]> => {
    const ask = `words=(${words}); CURRENT=${current}; _troupe`;
    const script = [standIns, completionScript("zsh"), ask].join("\n");
    return (await run("zsh", ["-f", "-c", script])).stdout.split("\n");
  };
  const seed = await specs("troupe seed x", 3);
  const [long, short] = ["--dir", "-d"].map((name) =>
    seed.find((spec) => spec.startsWith(`(--dir -d)${name}[`)),
  );
  t.truthy(long);
  t.is(short, long?.replace(")--dir[", ")-d["));
  t.true(seed.some((spec) => spec.startsWith("--state-dir[") && spec.includes("platform's")));
  t.true(seed.some((spec) => spec.startsWith("*--peer[a peer to dial, repeatable; \\[address\\]")));
  t.true(
    (await specs("troupe x", 2)).includes("seed:checks what is in D and seeds it until stopped"),
  );
});

for (const shell of shellNames) {
  testWith(shell)(`the script for ${shell} is one that ${shell} understands`, async (t) => {
    const path = join(await folder(t), "script");
    await writeFile(path, completionScript(shell));
    await t.notThrowsAsync(run(shell, ["-n", path]));
  });

  test(`the script for ${shell} has every option of each call`, (t) => {
    const script = completionScript(shell);
    for (const name of Object.keys(optionTable)) {
      const isOffered = shownOptions().includes(name) && findOption(name)?.commands.length !== 0;
      t.is(script.includes(shell === "fish" ? `-l ${name} ` : `--${name}`), isOffered, name);
    }
  });
}
