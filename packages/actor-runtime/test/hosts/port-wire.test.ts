import { MessageChannel } from "node:worker_threads";
import test from "ava";
import { portWire } from "../../src/hosts/port-wire.ts";
import { wireSuite } from "../support/wire-suite.ts";

wireSuite(test, "port", () => {
  const { port1, port2 } = new MessageChannel();
  return [portWire(port1), portWire(port2)];
});
