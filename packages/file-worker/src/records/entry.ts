import { siblingUrl, type ActorEntry } from "@troupe/actor-runtime";
import type { RecordsProtocol } from "@troupe/messages";
import type { RecordsOptions } from "./records.actor.ts";

/** The records actor for a supervision tree. Its `mayBeSilent` must read its stamp; never run two at once. */
export const recordsEntry: ActorEntry<RecordsProtocol, RecordsOptions> = {
  name: "records",
  url: siblingUrl(import.meta.url, "./records.worker"),
  load: async () => (await import("./records.actor.ts")).recordsActor,
};
