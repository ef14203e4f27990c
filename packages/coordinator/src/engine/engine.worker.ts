// The engine thread.

import { runActor } from "@troupe/actor-runtime";
import { engineActor } from "./engine.actor.ts";
import { threadParts } from "./thread-parts.ts";

runActor(engineActor(threadParts));
