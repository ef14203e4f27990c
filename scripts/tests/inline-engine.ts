// Loads the modules that an inline engine imports as it starts, before the first test: there they would hold the event loop
// for half a second.

const parts = [
  "actor-runtime/src/io/disk/folder-probe.ts",
  "actor-runtime/src/io/http/node-http.ts",
  "actor-runtime/src/io/network/node-datagrams.ts",
  "actor-runtime/src/io/network/node-names.ts",
  "actor-runtime/src/io/network/resolver.ts",
  "actor-runtime/src/supervision/supervisor.ts",
  "coordinator/src/engine/engine.actor.ts",
  "coordinator/src/engine/start/inline-services.ts",
  "dht-worker/src/dht.actor.ts",
  "file-worker/src/file.actor.ts",
  "file-worker/src/records/records.actor.ts",
  "peer-worker/src/peer.actor.ts",
];

await Promise.all(parts.map(async (part) => await import(`../../packages/${part}`)));
