// A nodenext resolution does not find comlink's own types.
declare module "comlink/dist/esm/node-adapter.mjs" {
  import type { MessagePort } from "node:worker_threads";
  import type { Endpoint } from "comlink";

  /** Makes an endpoint of `port`, and starts it. */
  export default function nodeEndpoint(port: MessagePort): Endpoint;
}
