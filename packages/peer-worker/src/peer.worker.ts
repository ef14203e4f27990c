import { runActor } from "@troupe/actor-runtime";

import { peerActor } from "./peer.actor.ts";

runActor(peerActor);
