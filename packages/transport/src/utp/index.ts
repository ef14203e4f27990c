export { DatagramSlab } from "./datagram-slab.ts";
export { UtpSockets } from "./utp-sockets.ts";
export type { UtpOptions, UtpPorts } from "./utp-sockets.ts";
