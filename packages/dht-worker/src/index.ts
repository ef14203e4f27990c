export { dhtWorkerEntry } from "./entry.ts";
