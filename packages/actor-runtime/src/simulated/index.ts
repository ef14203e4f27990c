export { Scheduler } from "./scheduler.ts";
export { SeededRandom } from "./seeded-random.ts";
export { SimulatedDisk } from "./simulated-disk.ts";
export type { DiskCall, DiskFault } from "./simulated-disk.ts";
export type {
  HttpHandler,
  SimulatedHttp,
  SimulatedReply,
  SimulatedRequest,
} from "./simulated-http.ts";
export type { SimulatedMachine } from "./simulated-machine.ts";
export type { SimulatedNames } from "./simulated-names.ts";
export type { SimulatedNetwork } from "./simulated-network.ts";
export type { RouteConditions } from "./simulated-route.ts";
export type { SimulatedEntry } from "./simulated-tree.ts";
export { SimulatedWorld } from "./simulated-world.ts";
export type { MachineOptions, SimulatedWorldOptions } from "./simulated-world.ts";
