// A user's project: what it installs, and the programs in it.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

/** Ten lines of TypeScript, as in the README: SOURCE and PEER-PORT come from the command line's environment. */
const downloadTs = `import { Coordinator } from "troupe";

await using coordinator = await Coordinator.start({ directory: "typescript", port: 0, bind: ["127.0.0.1"] });
const torrent = await coordinator.add("job.torrent");
torrent.on("progress", ({ haveBytes, wantedBytes, downBytesPerSecond }) => {
  console.log(\`\${haveBytes} of \${wantedBytes} bytes, \${downBytesPerSecond} bytes a second\`);
});
torrent.on("warning", ({ code, message }) => console.warn(code, message));
await torrent.completed;
console.log(torrent.files.map((file) => file.path));
`;

/** CommonJS, bundled too. */
const downloadCjs = `const { Coordinator } = require("troupe");

async function main() {
  const { WORKERS: workerUrls, DIRECTORY: directory } = process.env;
  const place = { directory, port: 0, bind: ["127.0.0.1"] };
  const coordinator = await Coordinator.start(workerUrls ? { ...place, workerUrls } : place);
  const torrent = await coordinator.add("job.torrent");
  await torrent.completed;
  await coordinator.close();
}
main();
`;

const pickerMjs = `export default () => ({ pick: ({ candidates, count }) => candidates(count) });
`;

const sameObjects = `import assert from "node:assert/strict";
import { createRequire } from "node:module";
import * as troupe from "troupe";
import * as scoped from "@troupe/coordinator";
import * as part from "troupe/coordinator";
import * as dht from "@troupe/dht-worker";
import * as testing from "@troupe/coordinator/testing";
import * as testingPart from "troupe/coordinator/testing";

const require = createRequire(import.meta.url);
for (const [name, value] of Object.entries(troupe)) {
  for (const other of [scoped, part, require("troupe"), require("@troupe/coordinator")]) {
    assert.equal(other[name], value, name);
  }
}
for (const other of [dht, require("@troupe/dht-worker"), require("troupe/dht-worker")]) {
  for (const name of ["Dht", "TroupeError"]) assert.equal(other[name], troupe[name], name);
}
const node = await dht.Dht.start({ port: 0, bind: ["127.0.0.1"], routers: [] });
await assert.rejects(node.ping("127.0.0.1", 9), dht.TroupeError);
await node.close();
await assert.rejects(troupe.loadMetainfo("nowhere.torrent"), scoped.TroupeError);

assert.equal(testing.endActor, testingPart.endActor);
const coordinator = await troupe.Coordinator.start({ port: 0, bind: ["127.0.0.1"] });
const restarted = new Promise((done) => {
  coordinator.on("worker", ({ name, state }) => name === "engine" && state === "running" && done());
});
testing.endActor(coordinator, "engine");
await restarted;
await coordinator.close();
`;

const typesTs = `import { Coordinator, TroupeError } from "@troupe/coordinator";
import { Coordinator as Same, type Torrent } from "troupe";
import { endActor, hangActor } from "@troupe/coordinator/testing";
import { Dht, type DhtPeer, type DhtQuest } from "@troupe/dht-worker";
import { parseTorrent } from "troupe/protocol/metainfo";

const same: Same = await Coordinator.start();
export const error: Error = new TroupeError("a", "b");
export { same, parseTorrent };

export const node: Dht = await Dht.start({ routers: [] });
export const peers: DhtQuest<DhtPeer> = node.getPeers("0".repeat(40));

export const hooks: ((coordinator: Coordinator, name: string) => void)[] = [endActor, hangActor];

/** Users see no member that only the library or its tests call. */
type Internal = "id" | "ticket" | "owner" | "figures" | "movedTo" | "emit" | "receive" | "isStarted";
export const offered: Extract<keyof Torrent, Internal> extends never ? true : never = true;
type InternalOfEngine = "locks" | "endActor" | "hangActor" | "addFolder" | "over" | "emitWorker";
export const engine: Extract<keyof Coordinator, InternalOfEngine> extends never ? true : never = true;
`;

const sameCts = `import troupe = require("troupe");

export const start: typeof troupe.Coordinator.start = troupe.Coordinator.start;
`;

function tsconfig(module: string, moduleResolution: string): string {
  const compilerOptions = {
    strict: true,
    noEmit: true,
    target: "esnext",
    module,
    moduleResolution,
    skipLibCheck: false,
    types: [],
    lib: ["esnext", "dom"],
  };
  // \`require\` in TypeScript is for modules of Node alone.
  const files = ["download.mts", "types.mts", ...(module === "nodenext" ? ["same.cts"] : [])];
  return JSON.stringify({ compilerOptions, files });
}

/** Writes a project that has nothing installed. */
export function writeProject(folder: string, metainfo: Uint8Array, npmrc: string): void {
  mkdirSync(folder, { recursive: true });
  const write = (name: string, content: string | Uint8Array) =>
    writeFileSync(join(folder, name), content);
  write("package.json", JSON.stringify({ name: "user", private: true, type: "commonjs" }));
  write(".npmrc", npmrc);
  write("job.torrent", metainfo);
  write("download.mts", downloadTs);
  write("download.cjs", downloadCjs);
  write("same-objects.mjs", sameObjects);
  write("types.mts", typesTs);
  write("picker.mjs", pickerMjs);
  write("list.gz", gzipSync("192.0.2.0 - 192.0.2.255 , 1 , documentation\n"));
  write("same.cts", sameCts);
  write("tsconfig.nodenext.json", tsconfig("nodenext", "nodenext"));
  write("tsconfig.bundler.json", tsconfig("esnext", "bundler"));
}
