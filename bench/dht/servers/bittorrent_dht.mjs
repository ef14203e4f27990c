// `node bittorrent_dht.mjs PORT NODE …`: a node of npm's bittorrent-dht, which limits no queries.

import DHT from "bittorrent-dht";

const [port, ...nodes] = process.argv.slice(2);
const dht = new DHT({ bootstrap: nodes });
dht.on("ready", () => console.log("up"));
dht.listen(Number(port), "127.0.0.1");
