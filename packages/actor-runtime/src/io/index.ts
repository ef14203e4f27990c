export { nodePorts } from "./node-ports.ts";
export { descriptorUse } from "./system/descriptor-use.ts";
export { threadEntry, threadFile } from "./threads/thread-file.ts";
export type { WorkerUrls } from "./threads/thread-file.ts";
export type { DescriptorUse } from "./system/descriptor-use.ts";
export { OneShotThreads } from "./threads/one-shot-threads.ts";
export type { AbandonedThread, OneShotTask } from "./threads/one-shot-threads.ts";
