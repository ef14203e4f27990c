import { receiveMessageOnPort, type MessagePort } from "node:worker_threads";
import { decodeFrame, encodeFrame, type EncodedFrame } from "../links/frame-codec.ts";
import type { Frame, Wire } from "../links/wire.ts";

/**
 * A wire over `port`, which it owns from now on. A frame is one post: packed bytes in their own transferred
 * ArrayBuffer, and the shared memory that the messages name.
 */
export function portWire(port: MessagePort): Wire {
  let deliver: ((frame: Frame) => void) | undefined;
  return {
    send(frame: Frame): void {
      const encoded = encodeFrame(frame);
      port.postMessage(encoded, [encoded.bytes.buffer]);
    },
    open(onFrame: (frame: Frame) => void): void {
      deliver = onFrame;
      port.on("message", (encoded: EncodedFrame) => onFrame(decodeFrame(encoded)));
    },
    drain(): void {
      if (deliver === undefined) return;
      for (;;) {
        const arrived: { message: EncodedFrame } | undefined = receiveMessageOnPort(port);
        if (arrived === undefined) return;
        deliver(decodeFrame(arrived.message));
      }
    },
    soon(task: () => void): void {
      setImmediate(task);
    },
    close(): void {
      port.close();
    },
  };
}
