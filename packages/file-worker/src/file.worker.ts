import { runActor } from "@troupe/actor-runtime";
import { fileActor } from "./file.actor.ts";

runActor(fileActor);
