import { runActor } from "@troupe/actor-runtime";

import { dhtActor } from "./dht.actor.ts";

runActor(dhtActor);
