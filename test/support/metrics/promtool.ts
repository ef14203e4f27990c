// Prometheus' own judges, of the Debian package prometheus.

import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../files/temporary-folder.ts";

/** Prometheus' own judge of metrics. @returns Its complaints; empty: all is right. */
export async function complaintsOfMetrics(text: string): Promise<string> {
  return await run(["check", "metrics"], text);
}

/** Prometheus' own judge of queries. @returns Its complaints; empty: all is right. */
export async function complaintsOfQueries(queries: readonly string[]): Promise<string> {
  const rules = queries.map((expr, index) => ({ record: `query:${index}`, expr }));
  using folder = temporaryFolder("promtool");
  const path = join(folder.path, "rules.yml");
  // JSON is YAML.
  writeFileSync(path, JSON.stringify({ groups: [{ name: "queries", rules }] }));
  return await run(["check", "rules", path], "");
}

async function run(words: readonly string[], input: string): Promise<string> {
  return await new Promise((resolve, reject) => {
    const child = execFile("promtool", words, (error, stdout, stderr) => {
      if (error === null) resolve("");
      else if (typeof error.code === "number") resolve(`status ${error.code}: ${stdout}${stderr}`);
      else
        reject(
          new Error("promtool does not run: install the Debian package prometheus", {
            cause: error,
          }),
        );
    });
    child.stdin?.end(input);
  });
}
