// How the actor `records` is started; neither its code nor its thread is loaded before.

import { siblingUrl } from "@troupe/actor-runtime";
import type { ActorEntry } from "@troupe/actor-runtime";
import type { RecordsProtocol } from "@troupe/messages";
import type { RecordsOptions } from "./records.actor.ts";

/** The records for a supervision tree. To be listed with a `mayBeSilent` that reads its stamp, and never two at once. */
export const recordsEntry: ActorEntry<RecordsProtocol, RecordsOptions> = {
  name: "records",
  url: siblingUrl(import.meta.url, "./records.worker"),
  load: async () => (await import("./records.actor.ts")).recordsActor,
};
