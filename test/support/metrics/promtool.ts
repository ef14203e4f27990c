import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../files/temporary-folder.ts";

/** Prometheus' own judge of metrics. @returns Its complaints; empty: all is right. */
export function complaintsOfMetrics(text: string): string {
  return run(["check", "metrics"], text);
}

/** Prometheus' own judge of queries. @returns Its complaints; empty: all is right. */
export function complaintsOfQueries(queries: readonly string[]): string {
  const rules = queries.map((expr, index) => ({ record: `query:${index}`, expr }));
  using folder = temporaryFolder("promtool");
  const path = join(folder.path, "rules.yml");
  // JSON is YAML.
  writeFileSync(path, JSON.stringify({ groups: [{ name: "queries", rules }] }));
  return run(["check", "rules", path], "");
}

function run(words: readonly string[], input: string): string {
  const { error, status, stderr, stdout } = spawnSync("promtool", words, {
    input,
    encoding: "utf8",
    timeout: 60_000,
  });
  if (error !== undefined)
    throw new Error("promtool does not run: install the Debian package prometheus", {
      cause: error,
    });
  return status === 0 ? "" : `status ${status}: ${stdout}${stderr}`;
}
