// One torrent in WebTorrent: `node webtorrent_peer.mjs TORRENT FOLDER`, with the path of a .torrent or a magnet link. Says
// "done" when all of it is there and checked.

import { readFileSync } from "node:fs";
import WebTorrent from "webtorrent";

const [, , torrentOrLink, folder] = process.argv;
const client = new WebTorrent({ dht: false, lsd: false, utp: false, webSeeds: false });
client.on("error", (error) => {
  console.error(String(error));
  process.exit(1);
});
const isMagnet = torrentOrLink.startsWith("magnet:");
const source = isMagnet ? torrentOrLink : readFileSync(torrentOrLink);
const torrent = client.add(source, { path: folder });
torrent.on("warning", (warning) => console.error(String(warning)));
torrent.on("done", () => console.log("done"));
process.on("SIGTERM", () => process.exit(0));
