import { type ActorEntry, siblingUrl } from "@troupe/actor-runtime";
import type { GeneratorProtocol } from "./generator.messages.ts";

/** The generator for a supervision tree. */
export const generatorEntry: ActorEntry<GeneratorProtocol, {}> = {
  name: "generator",
  url: siblingUrl(import.meta.url, "./generator.worker"),
  load: async () => (await import("./generator.actor.ts")).generatorActor,
};
