export { peerWorkerEntry } from "./entry.ts";
