// Real UDP.

import { createSocket, type BindOptions as NodeBindOptions, type Socket } from "node:dgram";
import { isIP } from "node:net";

import { codeOf, systemError } from "../../errors.ts";
import type {
  BindOptions,
  DatagramHandlers,
  Datagrams,
  DatagramSocket,
  Multicast,
} from "../../ports/datagrams.ts";
import type { Address } from "../../ports/sockets.ts";
import { isPort, numericHost } from "./address.ts";
import type { DeviceSockets } from "./bind-to-device.ts";

/** Real UDP sockets. */
export const nodeDatagrams: Datagrams = { bind };

/** Real UDP sockets, each bound to a device. */
export function datagramsOn(device: DeviceSockets): Datagrams {
  return { bind: (options, handlers) => bind(options, handlers, device) };
}

async function bind(
  options: BindOptions,
  handlers: DatagramHandlers,
  device?: DeviceSockets,
): Promise<DatagramSocket> {
  const { host, port, isShared = false } = options;
  const family = isIP(host);
  if (family === 0)
    throw systemError("EINVAL", `cannot receive at "${host}": it is not a numeric address`);
  const fd = device?.openDatagrams({ host, port }, isShared);
  const socket = createSocket({
    type: family === 6 ? "udp6" : "udp4",
    ipv6Only: family === 6,
    reuseAddr: isShared,
    // Addresses are numeric: they need no look-up, and the system refuses names.
    lookup: (name, _options, done) => done(null, name, family),
  });
  const place = fd === undefined ? { address: host, port } : { fd };
  return await opened(socket, place, options, handlers);
}

function opened(
  socket: Socket,
  place: NodeBindOptions,
  { group, receiveBufferBytes }: BindOptions,
  handlers: DatagramHandlers,
): Promise<DatagramSocket> {
  return new Promise((resolve, reject) => {
    socket.once("error", (error) => {
      socket.close();
      reject(error);
    });
    socket.bind(place, () => {
      try {
        if (group !== undefined) join(socket, group);
      } catch (error) {
        socket.close();
        reject(error instanceof Error ? error : systemError("EINVAL", String(error)));
        return;
      }
      socket.removeAllListeners("error");
      if (receiveBufferBytes !== undefined) growReceiveBuffer(socket, receiveBufferBytes);
      resolve(new NodeDatagramSocket(socket, handlers));
    });
  });
}

/** Some systems refuse a size beyond their bound. The socket then keeps what it has. */
function growReceiveBuffer(socket: Socket, bytes: number): void {
  try {
    if (socket.getRecvBufferSize() < bytes) socket.setRecvBufferSize(bytes);
  } catch (error) {
    if (codeOf(error) !== "ERR_SOCKET_BUFFER_SIZE") throw error;
  }
}

function join(socket: Socket, { host, through }: Multicast): void {
  socket.addMembership(host, through);
  if (through !== undefined) socket.setMulticastInterface(through);
  socket.setMulticastTTL(1);
  socket.setMulticastLoopback(true);
}

class NodeDatagramSocket implements DatagramSocket {
  readonly address: Address;
  readonly #socket: Socket;
  readonly #handlers: DatagramHandlers;
  #isClosed = false;

  constructor(socket: Socket, handlers: DatagramHandlers) {
    const { address, port } = socket.address();
    this.address = { host: numericHost(address), port };
    this.#socket = socket;
    this.#handlers = handlers;
    socket.on("message", (bytes, { address: from, family: fromFamily, port: fromPort }) => {
      if (this.#isClosed) return;
      const host = fromFamily === "IPv4" ? from : numericHost(withoutZone(from));
      handlers.received(bytes, { host, port: fromPort });
    });
    // An error of one datagram is reported for that datagram.
    socket.on("error", () => {});
  }

  send(bytes: Uint8Array, to: Address): void {
    if (this.#isClosed) return;
    // To node:dgram no host is this machine.
    if (to.host === "" || !isPort(to.port)) return this.#notSent(to, "EINVAL");
    // A callback costs as much as a tenth of a datagram.
    if (this.#handlers.notSent === undefined) return this.#socket.send(bytes, to.port, to.host);
    this.#socket.send(bytes, to.port, to.host, (error) => {
      if (error !== null) this.#notSent(to, codeOf(error) ?? "EIO");
    });
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#socket.close();
  }

  #notSent(to: Address, code: string): void {
    if (!this.#isClosed) this.#handlers.notSent?.(to, code);
  }
}

/** A link-local sender has the interface behind its address. */
function withoutZone(host: string): string {
  const at = host.indexOf("%");
  return at < 0 ? host : host.slice(0, at);
}
