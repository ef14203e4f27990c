// The DHT worker: a node in the DHT of each family.

import type { Actor, MessageOf } from "@troupe/actor-runtime";
import type { DhtOptions, DhtProtocol } from "@troupe/messages";

import { DhtWorker } from "./dht-worker.ts";
import { listen } from "./listen.ts";
import { exportNodes } from "./report/export-nodes.ts";
import { describeStatus } from "./report/node-status.ts";
import { pingNode } from "./report/ping.ts";
import { describeTable, readTable } from "./report/read-table.ts";

/**
 * Serves its owner: the engine, or the library for a node without an engine. The role `port` is that of the owner of the
 * peers' UDP port.
 */
export const dhtActor: Actor<DhtProtocol, DhtOptions, DhtWorker> = {
  name: "dht",
  start: (context, options) => new DhtWorker(context, options),
  stop: (worker) => worker.stop(),
  linked: ({ port }, role) => {
    if (role === "port") port.linked();
  },
  unlinked: ({ port }, role) => {
    if (role === "port") port.unlinked();
  },
  handlers: {
    listen: (worker, where) => listen(worker, where),
    status: (worker) => describeStatus(worker),
    "read-table": (worker, { family }) => readTable(worker, family),
    "describe-table": (worker, { family }) => describeTable(worker, family),
    "export-nodes": (worker) => exportNodes(worker),
    ping: (worker, endpoint) => pingNode(worker, endpoint),
    "begin-quest": beginQuest,
    "cancel-quest": (worker, { quest }) => worker.quests.cancel(quest),
    "add-nodes": (worker, { source, nodes }) => worker.addContacts(source, nodes),
    "set-ip-filter": (worker, memory) => {
      worker.services.ipFilter.set(memory);
      worker.forgetRefused();
    },
    "quarantine-address": (worker, address) => {
      worker.services.quarantine.add(address, worker.context.clock.nowMs());
      worker.forgetRefused();
    },
    "port-opened": ({ port }, listening) => port.opened(listening),
    "datagrams-received": ({ port }, received) => port.received(received),
    "set-public-port": (worker, { port }) => {
      worker.publicPort = port;
    },
    "network-changed": (worker) => worker.networkChanged(),
  },
};

function beginQuest(worker: DhtWorker, begun: MessageOf<DhtProtocol, "begin-quest">): void {
  const { clock } = worker.context;
  const refusal = worker.quests.begin(begun, clock.nowMs());
  if (refusal === undefined) worker.wake();
  else worker.context.emit("quest-refused", { quest: begun.quest, ...refusal });
}
