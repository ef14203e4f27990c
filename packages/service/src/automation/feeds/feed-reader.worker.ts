import { runActor } from "@troupe/actor-runtime";
import { feedReaderActor } from "./feed-reader.actor.ts";

runActor(feedReaderActor);
