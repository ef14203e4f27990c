// comlink ships this file with types that a nodenext resolution does not find.
declare module "comlink/dist/esm/node-adapter.mjs" {
  import type { MessagePort } from "node:worker_threads";
  import type { Endpoint } from "comlink";

  /** Makes an endpoint for comlink of a port, which starts to receive. */
  export default function nodeEndpoint(port: MessagePort): Endpoint;
}
