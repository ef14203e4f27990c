import { runActor } from "@troupe/actor-runtime";
import { recordsActor } from "./records.actor.ts";

runActor(recordsActor);
