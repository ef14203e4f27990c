// A nodenext resolution does not find comlink's own types of this file.
declare module "comlink/dist/esm/node-adapter.mjs" {
  import type { MessagePort } from "node:worker_threads";
  import type { Endpoint } from "comlink";

  /** Makes a comlink endpoint of `port` and starts the port. */
  export default function nodeEndpoint(port: MessagePort): Endpoint;
}
