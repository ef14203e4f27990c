// The option `workerUrls`: the files of threads in a bundled program.

import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { WorkerUrls } from "@troupe/actor-runtime";
import { TroupeError, outOfRange } from "@troupe/control";
import { workerFiles, type WorkerFile } from "./worker-files.ts";

/** A folder with all files as `<name>.js`, or files by name; the other files lie beside the library's code. */
export type WorkerUrlsOption = URL | string | Readonly<Partial<Record<WorkerFile, URL | string>>>;

/**
 * @param given `file:` addresses or paths.
 * @returns The addresses by name.
 * @throws TroupeError `option-out-of-range`, `worker-file-not-found`.
 */
export function workerUrls(given: WorkerUrlsOption | undefined): WorkerUrls {
  if (given === undefined) return {};
  const urls = Object.fromEntries(entriesOf(given));
  for (const [workerFile, url] of Object.entries(urls)) {
    const path = fileURLToPath(url);
    if (existsSync(path)) continue;
    const message = `option workerUrls: there is no file ${path}; see docs/embedding.md`;
    throw new TroupeError("worker-file-not-found", message, { details: { workerFile, path } });
  }
  return urls;
}

function entriesOf(given: WorkerUrlsOption): [string, string][] {
  if (typeof given === "string" || given instanceof URL) {
    const folder = `${addressOf(given).replace(/\/$/, "")}/`;
    return workerFiles.map((name) => [name, new URL(`${name}.js`, folder).href]);
  }
  return Object.entries(given).map(([name, url]) => {
    if (!workerFiles.some((known) => known === name)) {
      throw outOfRange("workerUrls", name, `a table with the keys ${workerFiles.join(", ")}`);
    }
    return [name, addressOf(url)];
  });
}

function addressOf(place: unknown): string {
  const text = place instanceof URL ? place.href : place;
  const isWrong =
    typeof text !== "string" || (/^[a-z][a-z+.-]+:/i.test(text) && !text.startsWith("file:"));
  if (isWrong) throw outOfRange("workerUrls", String(text), "file: addresses and paths");
  return text.startsWith("file:") ? new URL(text).href : pathToFileURL(resolve(text)).href;
}
