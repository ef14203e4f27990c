// The thread of a lock keeper: takes and releases lock files in the order of its orders.

import { deviceOf } from "./folder-device.ts";
import { LockFiles, type LockOrder, type LockTaken } from "./lock-files.ts";

/** An order to a keeper. */
export type KeeperOrder = { readonly take: LockOrder } | { readonly release: number };

/** The answer to each order, in order. */
export type KeeperAnswer = { readonly taken: LockTaken } | { readonly released: number };

/** The first message: the modules are loaded. Each further one answers an order. */
export type KeeperReady = "ready";

const { parentPort } = process.getBuiltinModule("node:worker_threads");
const files = new LockFiles();

parentPort?.on("message", (order: KeeperOrder) => parentPort.postMessage(answerTo(order)));
parentPort?.postMessage("ready" satisfies KeeperReady);

function answerTo(order: KeeperOrder): KeeperAnswer {
  if ("take" in order) {
    const taken = files.take(order.take);
    return { taken: { ...taken, device: deviceOf(taken.folder) } };
  }
  files.release(order.release);
  return { released: order.release };
}
