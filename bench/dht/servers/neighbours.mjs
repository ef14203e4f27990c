// `node neighbours.mjs COUNT`: nodes on 127.0.2.1 … that answer each query with their id and the addresses of all of them.

import { createHash } from "node:crypto";
import { createSocket } from "node:dgram";
import bencode from "bencode";

const port = 7_000;
const count = Number(process.argv[2]);
const nodes = Array.from({ length: count }, (_, at) => {
  const host = `127.0.2.${at + 1}`;
  const id = createHash("sha1").update(host).digest();
  return { host, id, compact: Buffer.from([...id, 127, 0, 2, at + 1, port >> 8, port & 255]) };
});
const all = Buffer.concat(nodes.map(({ compact }) => compact));
let bound = 0;
for (const { host, id } of nodes) {
  const socket = createSocket("udp4");
  socket.on("message", (bytes, { address, port }) => {
    const { t, y } = bencode.decode(bytes);
    if (Buffer.from(y).toString() !== "q") return;
    const answer = bencode.encode({ r: { id, nodes: all, token: "neighbour" }, t, y: "r" });
    socket.send(answer, port, address);
  });
  socket.bind(port, host, () => {
    console.log(`${host}:${port}`);
    if (++bound === count) console.log("up");
  });
}
