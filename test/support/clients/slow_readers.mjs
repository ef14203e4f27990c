// Peers that request blocks when they are unchoked, request them again and again, and read 200 bytes a second.
// Usage: node slow_readers.mjs PORT INFOHASH COUNT. Writes "up" when nearly all have shaken hands, and "unchoked"
// for each peer that is unchoked.

import { connect } from "node:net";

const [port, infoHash, count] = process.argv.slice(2);
const bytesPerSecond = 200;
const blockBytes = 16_384;
const interested = Buffer.from([0, 0, 0, 1, 2]);
const handshakeBytes = 68;
/** A crowd that connects at once may lose a few. */
const enough = Math.floor(0.95 * Number(count));
let greeted = 0;

/** Block 0 of piece 0, 64 times. */
const requests = Buffer.concat(
  Array.from({ length: 64 }, () => {
    const message = Buffer.alloc(17);
    message.writeUInt32BE(13, 0);
    message[4] = 6;
    message.writeUInt32BE(blockBytes, 13);
    return message;
  }),
);

function start(n) {
  const socket = connect({
    port: Number(port),
    host: "127.0.0.1",
    localAddress: `127.20.${n >> 7}.${1 + (n & 127)}`,
    highWaterMark: blockBytes,
  });
  const peerId = Buffer.from(`-SR0001-${String(n).padStart(12, "0")}`);
  const head = Buffer.from("\x13BitTorrent protocol\0\0\0\0\0\0\0\0", "latin1");
  socket.on("error", () => {});
  socket.write(Buffer.concat([head, Buffer.from(infoHash, "hex"), peerId, interested]));
  let received = Buffer.alloc(0);
  const greet = () => {
    for (let chunk = socket.read(); chunk !== null; chunk = socket.read())
      received = Buffer.concat([received, chunk]);
    if (received.length < handshakeBytes) return;
    if (++greeted === enough) console.log("up");
    socket.off("readable", greet);
    socket.on("readable", meet);
    meet();
  };
  const meet = () => {
    for (let chunk = socket.read(); chunk !== null; chunk = socket.read())
      received = Buffer.concat([received, chunk]);
    if (!received.includes(Buffer.from([0, 0, 0, 1, 1]))) return;
    socket.off("readable", meet);
    console.log("unchoked");
    // Without a listener nothing is read but by the timer.
    socket.on("readable", () => {});
    socket.write(requests);
    setInterval(() => socket.read(bytesPerSecond), 1_000);
  };
  socket.on("readable", greet);
}

for (let n = 0; n < Number(count); n++) start(n);
