import { runActor } from "@troupe/actor-runtime";
import { httpActor } from "./http.actor.ts";

runActor(httpActor);
