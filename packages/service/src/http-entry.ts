import { type ActorEntry, siblingUrl } from "@troupe/actor-runtime";
import type { HttpOptions, HttpProtocol } from "./service.messages.ts";

/** The actor `http` for a supervision tree. */
export const httpEntry: ActorEntry<HttpProtocol, HttpOptions> = {
  name: "http",
  url: siblingUrl(import.meta.url, "./http.worker"),
  load: async () => (await import("./http.actor.ts")).httpActor,
};
