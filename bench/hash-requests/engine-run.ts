// One engine on one thread, in a process of its own:
//
//   engine-run.ts TORRENT FOLDER
//
// Adds the torrent and prints `READY port`. Each port that comes on its standard input is that of a seeder. Each `have` of a peer is
// answered by a `reject`, which a real engine does not: that is the cost to which hash requests are held.

import { createInterface } from "node:readline";
import { Coordinator } from "@troupe/coordinator";
import { blockLengthBytes } from "@troupe/protocol/units";
import { MessageHandler } from "../../packages/peer-worker/src/wire/message-handler.ts";
import { quiet } from "../../test/support/swarm/quiet.ts";

const mostPeers = 1_200;
const [torrentPath = "", directory = ""] = process.argv.slice(2);

// oxlint-disable-next-line typescript/unbound-method -- called with its object below
const { have } = MessageHandler.prototype;
MessageHandler.prototype.have = function haveAnswered(piece) {
  have.call(this, piece);
  this.session.wire.control.reject(piece, 0, blockLengthBytes);
};

await using coordinator = await Coordinator.start({
  ...quiet,
  host: "inline",
  peerWorkers: 1,
  directory,
  port: 0,
  bind: ["127.0.0.1"],
  maxPeers: mostPeers,
  peerExchange: false,
});
const torrent = await coordinator.add(torrentPath, { useTrackers: false });
const reasons = new Map<string, number>();
torrent.on("peer", ({ connected, reason = "none" }) => {
  if (!connected) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
});
console.log(`READY ${coordinator.port}`);
for await (const line of createInterface(process.stdin)) {
  if (line === "end") break;
  torrent.addPeer({ host: "127.0.0.1", port: Number(line) });
}
console.log(JSON.stringify(Object.fromEntries(reasons)));
// An open pipe would keep this process.
process.stdin.destroy();
