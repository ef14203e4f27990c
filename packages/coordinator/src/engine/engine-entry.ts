import { siblingUrl, type ActorEntry } from "@troupe/actor-runtime";
import type { EngineOptions } from "@troupe/messages";
import type { EngineActorProtocol } from "./base/engine-state.ts";

/** The engine with production services: in a thread of its own, or inline. */
export const engineEntry: ActorEntry<EngineActorProtocol, EngineOptions> = {
  name: "engine",
  url: siblingUrl(import.meta.url, "./engine.worker"),
  load: async () => {
    const [{ engineActor }, { inlineServices }] = await Promise.all([
      import("./engine.actor.ts"),
      import("./start/inline-services.ts"),
    ]);
    return engineActor(inlineServices);
  },
};
