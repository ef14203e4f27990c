// `node echo.ts PORT BYTES`: answers each datagram with so many bytes, and does nothing else.

import { createSocket } from "node:dgram";

const [port, lengthBytes] = process.argv.slice(2).map(Number);
const answer = Buffer.alloc(lengthBytes ?? 0);
const socket = createSocket("udp4");
socket.on("message", (_, { address, port }) => socket.send(answer, port, address));
socket.bind(port, "127.0.0.1", () => console.log("up"));
