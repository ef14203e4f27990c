// A store in memory: nothing is written to a disk, and the data is gone when its thread has ended.

import type { StoreModule } from "troupe";

/** By info-hash: a torrent that stops and starts again finds its bytes. */
const memories = new Map<string, Uint8Array>();

const makeStore: StoreModule = ({ infoHash, totalBytes }) => {
  const memory = memories.get(infoHash) ?? new Uint8Array(totalBytes);
  memories.set(infoHash, memory);
  return {
    read(position, bytes) {
      bytes.set(memory.subarray(position, position + bytes.length));
      return bytes.length;
    },
    write(position, bytes) {
      memory.set(bytes, position);
      return bytes.length;
    },
  };
};

export default makeStore;
