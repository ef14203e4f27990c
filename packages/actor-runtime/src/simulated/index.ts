export { Scheduler } from "./scheduler.ts";

export { SeededRandom } from "./seeded-random.ts";

export { SimulatedDisk } from "./disk/simulated-disk.ts";

export type { DiskCall } from "./disk/simulated-disk.ts";

export type { HttpHandler, SimulatedReply, SimulatedRequest } from "./network/simulated-reply.ts";

export type { LineOptions } from "./network/machine-line.ts";

export type { SimulatedMachine } from "./simulated-machine.ts";

export type { SimulatedNames } from "./network/simulated-names.ts";

export type { RouteConditions } from "./network/simulated-route.ts";

export type { SimulatedEntry } from "./disk/simulated-tree.ts";

export { SimulatedWorld } from "./simulated-world.ts";

export type { SimulatedWorldOptions } from "./simulated-world.ts";
