import { runActor } from "@troupe/actor-runtime";
import { engineActor } from "./engine.actor.ts";
import { threadServices } from "./start/thread-services.ts";

runActor(engineActor(threadServices));
