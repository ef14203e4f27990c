import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import test from "ava";
import { temporaryFolder } from "../support/files/temporary-folder.ts";

const program = fileURLToPath(new URL("../../packages/cli/bin/troupe.mjs", import.meta.url));

/** A call with a configuration folder of its own. */
async function run(
  words: readonly string[],
  configuration: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<{ readonly status: number | null; readonly stdout: string; readonly stderr: string }> {
  const child = spawn(process.execPath, [program, ...words], {
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      XDG_CONFIG_HOME: configuration,
      XDG_STATE_HOME: configuration,
      ...variables,
    },
  });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if (child.exitCode === null) await once(child, "exit");
  return { status: child.exitCode, stdout, stderr };
}

/** Whether a call loads the library that reads YAML. */
async function loadsYaml(configuration: string): Promise<boolean> {
  using coverage = temporaryFolder("troupe-coverage");
  const { status } = await run(["settings"], configuration, { NODE_V8_COVERAGE: coverage.path });
  if (status !== 0) throw new Error("bug: the call failed");
  const urls = readdirSync(coverage.path).flatMap((name) => {
    const read = readFileSync(join(coverage.path, name), "utf8");
    const { result } = JSON.parse(read) as { result: { url: string }[] };
    return result.map(({ url }) => url).filter((url) => url.startsWith("file:"));
  });
  return urls.some((url) => readFileSync(new URL(url), "utf8").includes("YAMLParseError"));
}

test("L23: the library that reads YAML is loaded for a settings file alone", async (t) => {
  using configuration = temporaryFolder("troupe-configuration");
  t.false(await loadsYaml(configuration.path));
  mkdirSync(join(configuration.path, "troupe"));
  writeFileSync(join(configuration.path, "troupe", "settings.yaml"), "maxPeers: 3\n");
  t.true(await loadsYaml(configuration.path));
});

test("L23: a wrong settings file ends a download with exit 2", async (t) => {
  using configuration = temporaryFolder("troupe-configuration");
  const path = join(configuration.path, "mine.yaml");
  writeFileSync(path, "limits:\n  dwn: 5M\n");
  const { status, stderr } = await run(["a.torrent", "--settings", path], configuration.path);
  t.is(status, 2);
  const sentence = `${path}:2:3: there is no key "dwn" in limits; did you mean down?`;
  t.true(stderr.startsWith(`troupe: ${sentence} [settings-malformed]\n`), stderr);
});
