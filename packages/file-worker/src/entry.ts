import { siblingUrl, type ActorEntry } from "@troupe/actor-runtime";
import type { FileProtocol } from "@troupe/messages";
import type { FileWorkerOptions } from "./file.actor.ts";

/** The file-worker for a supervision tree; its `mayBeSilent` must read its stamp. */
export const fileWorkerEntry: ActorEntry<FileProtocol, FileWorkerOptions> = {
  name: "file",
  url: siblingUrl(import.meta.url, "./file.worker"),
  load: async () => (await import("./file.actor.ts")).fileActor,
};
