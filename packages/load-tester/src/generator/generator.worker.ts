import { setPriority } from "node:os";
import { runActor } from "@troupe/actor-runtime";

import { generatorActor } from "./generator.actor.ts";

/** A target on the same machine must not delay the times of its load. */
const priority = -10;

try {
  setPriority(priority);
} catch {
  // Only a privileged user may: the result tells how late the intents were.
}
runActor(generatorActor);
