export { nodePorts } from "./node-ports.ts";
export { descriptorUse } from "./descriptor-use.ts";
export { ownWorkerUrls, threadFile, threadFileName } from "./thread-file.ts";
export type { WorkerUrls } from "./thread-file.ts";
export type { DescriptorUse } from "./descriptor-use.ts";
export { OneShotThreads } from "./one-shot-threads.ts";
export type { AbandonedThread, OneShotTask } from "./one-shot-threads.ts";
