// The thread of a watch folder: carries out its calls in their order.

import { finishFile, readWatched, scanFolder } from "./folder-calls.ts";
import type { FileContent, FolderCall, FolderScan } from "./folder-calls.ts";

/** The answer to each call, in order. */
export type FolderAnswer =
  | { readonly scan: FolderScan }
  | { readonly content: FileContent }
  | { readonly finished: true }
  /** A system error. */
  | { readonly failed: { readonly code: string; readonly message: string } };

/** The first message: the modules are loaded. Each further one answers a call. */
export type FolderReady = "ready";

const { parentPort } = process.getBuiltinModule("node:worker_threads");

parentPort?.on("message", (call: FolderCall) => {
  const answer = answerTo(call);
  const bytes =
    "content" in answer && answer.content.kind === "torrent" ? answer.content.bytes : undefined;
  parentPort.postMessage(answer, bytes === undefined ? [] : [bytes.buffer as ArrayBuffer]);
});
parentPort?.postMessage("ready" satisfies FolderReady);

function answerTo(call: FolderCall): FolderAnswer {
  try {
    switch (call.call) {
      case "scan":
        return { scan: scanFolder(call.folder) };
      case "read":
        return { content: readWatched(call.folder, call.facts) };
      case "finish":
        finishFile(call.folder, call.facts, call);
        return { finished: true };
    }
  } catch (error) {
    const { code = "unknown", message } = error as NodeJS.ErrnoException;
    return { failed: { code, message } };
  }
}
