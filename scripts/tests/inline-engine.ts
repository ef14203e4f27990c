// Starts an inline engine and closes it, before the first test: there its modules and its cold code would hold the event loop
// for half a second.

import { Coordinator } from "../../packages/coordinator/src/index.ts";
import { quiet } from "../../test/support/swarm/quiet.ts";

const engine = await Coordinator.start({ ...quiet, host: "inline", port: 0, bind: ["127.0.0.1"] });
await engine.close();
