// One torrent in WebTorrent: `node webtorrent_peer.mjs TORRENT FOLDER [PORT]`, with the path of a .torrent or a magnet link. Says
// "done" when all of it is there and checked. With a port its files are at http://127.0.0.1:PORT/INDEX by then.

import { readFileSync } from "node:fs";
import WebTorrent from "webtorrent";

const [, , torrentOrLink, folder, port] = process.argv;
const client = new WebTorrent({ dht: false, lsd: false, utp: false, webSeeds: false });
client.on("error", (error) => {
  console.error(String(error));
  process.exit(1);
});
const isMagnet = torrentOrLink.startsWith("magnet:");
const source = isMagnet ? torrentOrLink : readFileSync(torrentOrLink);
const torrent = client.add(source, { path: folder });
torrent.on("warning", (warning) => console.error(String(warning)));
const serve = (then) => torrent.createServer().listen(Number(port), "127.0.0.1", then);
const say = () => console.log("done");
torrent.on("done", () => (port === undefined ? say() : serve(say)));
process.on("SIGTERM", () => process.exit(0));
