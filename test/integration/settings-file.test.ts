import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { temporaryFolder } from "../support/files/temporary-folder.ts";

const program = fileURLToPath(new URL("../../packages/cli/bin/troupe.mjs", import.meta.url));

/** A call with a configuration folder of its own. */
function run(words: readonly string[], configuration: string, variables: object = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...words], {
    encoding: "utf8",
    env: {
      ...process.env,
      XDG_CONFIG_HOME: configuration,
      XDG_STATE_HOME: configuration,
      ...variables,
    },
  });
  return { status, stdout, stderr };
}

/** Whether a call loads the library that reads YAML. */
function loadsYaml(configuration: string): boolean {
  using coverage = temporaryFolder("troupe-coverage");
  const { status } = run(["settings"], configuration, { NODE_V8_COVERAGE: coverage.path });
  if (status !== 0) throw new Error("bug: the call failed");
  const urls = readdirSync(coverage.path).flatMap((name) => {
    const text = readFileSync(join(coverage.path, name), "utf8");
    const { result } = JSON.parse(text) as { result: { url: string }[] };
    return result.map(({ url }) => url).filter((url) => url.startsWith("file:"));
  });
  return urls.some((url) => readFileSync(new URL(url), "utf8").includes("YAMLParseError"));
}

test("L23: the library that reads YAML is loaded for a settings file alone", (t) => {
  using configuration = temporaryFolder("troupe-configuration");
  t.false(loadsYaml(configuration.path));
  mkdirSync(join(configuration.path, "troupe"));
  writeFileSync(join(configuration.path, "troupe", "settings.yaml"), "maxPeers: 3\n");
  t.true(loadsYaml(configuration.path));
});

test("L23: a wrong settings file ends a download with exit 2", (t) => {
  using configuration = temporaryFolder("troupe-configuration");
  const path = join(configuration.path, "mine.yaml");
  writeFileSync(path, "limits:\n  dwn: 5M\n");
  const { status, stderr } = run(["a.torrent", "--settings", path], configuration.path);
  t.is(status, 2);
  const sentence = `${path}:2:3: there is no key "dwn" in limits; did you mean down?`;
  t.true(stderr.startsWith(`troupe: ${sentence} [settings-malformed]\n`), stderr);
});
