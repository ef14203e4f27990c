// A target that answers handshakes and does no more, as a process of its own: address as a word. Its output is the port, and a
// JSON line with source address and time for each connection.

import { createServer, type AddressInfo } from "node:net";

const [host = ""] = process.argv.slice(2);
const handshakeBytes = 68;
const idBytes = 20;

const server = createServer((socket) => {
  console.log(JSON.stringify({ from: socket.remoteAddress, atMs: Date.now() }));
  socket.on("error", () => {});
  socket.once("data", (bytes: Buffer) => {
    const answer = Buffer.from(bytes.subarray(0, handshakeBytes));
    answer.fill("-", handshakeBytes - idBytes);
    socket.write(answer);
  });
});
server.listen({ host, port: 0 }, () => {
  console.log(`port ${(server.address() as AddressInfo).port}`);
});
