// A thread that holds lock files: it takes and releases them as it is told, one after the other.

import { deviceOf } from "./folder-device.ts";
import { LockFiles, type LockOrder, type LockTaken } from "./lock-files.ts";

/** What a keeper is told. */
export type KeeperOrder = { readonly take: LockOrder } | { readonly release: number };

/** Its answer to each order, in order. */
export type KeeperAnswer = { readonly taken: LockTaken } | { readonly released: number };

const { parentPort } = process.getBuiltinModule("node:worker_threads");
const files = new LockFiles();

parentPort?.on("message", (order: KeeperOrder) => parentPort.postMessage(answerTo(order)));

function answerTo(order: KeeperOrder): KeeperAnswer {
  if ("take" in order) {
    const taken = files.take(order.take);
    return { taken: { ...taken, device: deviceOf(taken.folder) } };
  }
  files.release(order.release);
  return { released: order.release };
}
