// The thread of a file-maker.

import { runActor } from "@troupe/actor-runtime";
import { fileMakerActor } from "./file-maker.actor.ts";

runActor(fileMakerActor);
