export { runTroupe } from "./main.ts";
export { ExitCode } from "./failure.ts";
export type { ExitCodeValue } from "./failure.ts";
export type { Output, Environment } from "./environment.ts";
export type { CoordinatorPort, EnginePort, TorrentPort } from "./engine-port.ts";
