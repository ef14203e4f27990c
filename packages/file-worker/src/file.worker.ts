// The thread of a file-worker.

import { runActor } from "@troupe/actor-runtime";
import { fileActor } from "./file.actor.ts";

runActor(fileActor);
