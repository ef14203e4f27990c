export { Scheduler } from "./scheduler.ts";
export { SeededRandom } from "./seeded-random.ts";
export { SimulatedDisk } from "./disk/simulated-disk.ts";
export type { DiskCall, DiskFault } from "./disk/simulated-disk.ts";
export type {
  HttpHandler,
  SimulatedHttp,
  SimulatedReply,
  SimulatedRequest,
} from "./network/simulated-http.ts";
export type { SimulatedMachine } from "./simulated-machine.ts";
export type { SimulatedNames } from "./network/simulated-names.ts";
export type { SimulatedNetwork } from "./network/simulated-network.ts";
export type { RouteConditions } from "./network/simulated-route.ts";
export type { SimulatedEntry } from "./disk/simulated-tree.ts";
export { SimulatedWorld } from "./simulated-world.ts";
export type { MachineOptions, SimulatedWorldOptions } from "./simulated-world.ts";
