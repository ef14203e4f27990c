import type { ClientRequest } from "node:http";

/** Room for headers and the lengths of chunks, besides twice the body. */
const framingBytes = 65_536;

/** Bytes of a reply as they come over the network. */
export interface WireWatch {
  readonly isExceeded: boolean;
}

/**
 * Destroys a request whose server sends more than twice the bound of the body. A server may send interim replies, blank
 * lines or the length of a chunk without end, none of which is a byte of the body.
 */
export function watchWire(request: ClientRequest, maxBodyBytes: number): WireWatch {
  const mostBytes = 2 * maxBodyBytes + framingBytes;
  const watch = { isExceeded: false };
  let receivedBytes = 0;
  request.once("socket", (socket) => {
    const count = (bytes: Uint8Array): void => {
      receivedBytes += bytes.byteLength;
      if (receivedBytes <= mostBytes) return;
      watch.isExceeded = true;
      request.destroy();
    };
    socket.on("data", count);
    // A kept connection serves further requests.
    request.once("close", () => socket.off("data", count));
  });
  return watch;
}
