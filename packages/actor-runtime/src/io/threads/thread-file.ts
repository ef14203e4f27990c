import { ActorError } from "../../failure.ts";
import { systemModule } from "../system/system-module.ts";

/** URLs (`file:`) of bundled thread files by name, for example `peer.worker`. Other files lie beside the code. */
export type WorkerUrls = Readonly<Record<string, string>>;

/** `peer.worker` for `…/peer.worker.js`. */
function threadFileName(url: URL): string {
  return url.pathname.slice(url.pathname.lastIndexOf("/") + 1).replace(/\.[jt]s$/, "");
}

/** This thread's own table; empty on the main thread. */
export function ownWorkerUrls(): WorkerUrls {
  const data: unknown = systemModule("node:worker_threads").workerData;
  if (typeof data !== "object" || data === null || !("workerUrls" in data)) return {};
  return data.workerUrls as WorkerUrls;
}

/**
 * The file of a new thread.
 * @param beside URL from `siblingUrl`.
 * @param urls Default: this thread's own table.
 * @throws ActorError `worker-file-not-found`
 */
export function threadFile(beside: URL, urls: WorkerUrls = ownWorkerUrls()): URL {
  const name = threadFileName(beside);
  const given = urls[name];
  const url = given === undefined ? beside : new URL(given);
  if (url.protocol === "file:" && systemModule("node:fs").existsSync(url)) return url;
  const { fileURLToPath } = systemModule("node:url");
  const place = url.protocol === "file:" ? `${fileURLToPath(url)} not found` : "not found";
  throw new ActorError("worker-file-not-found", {
    operation: "start",
    message: `cannot start a thread: worker file ${place}: the program seems to be bundled; see docs/embedding.md`,
    details: { workerFile: name, url: url.href },
  });
}

/** The file that a thread starts with: of a joined script the file `.cjs` beside it, see script-thread.ts. */
export function threadEntry(file: URL): URL {
  const starter = new URL(file.href.replace(/\.js$/, ".cjs"));
  return systemModule("node:fs").existsSync(starter) ? starter : file;
}
