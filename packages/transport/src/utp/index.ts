export { DatagramSlab } from "./datagram-slab.ts";
export { UtpSockets } from "./utp-sockets.ts";
export type { UtpDialOptions, UtpOptions, UtpPorts, UtpStats } from "./utp-sockets.ts";
