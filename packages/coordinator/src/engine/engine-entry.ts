// How the front starts the engine.

import { siblingUrl, type ActorEntry } from "@troupe/actor-runtime";
import type { EngineOptions } from "@troupe/messages";
import type { EngineActorProtocol } from "./engine-state.ts";

/** The engine with production parts: in a thread of its own, or inline. */
export const engineEntry: ActorEntry<EngineActorProtocol, EngineOptions> = {
  name: "engine",
  url: siblingUrl(import.meta.url, "./engine.worker"),
  load: async () => {
    const [{ engineActor }, { inlineParts }] = await Promise.all([
      import("./engine.actor.ts"),
      import("./inline-parts.ts"),
    ]);
    return engineActor(inlineParts);
  },
};
