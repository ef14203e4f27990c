// A peer that dials an engine encrypted, and closes when the handshake of the encryption is complete.

import { nodePorts } from "@troupe/actor-runtime";
import { EncryptedDial, GroupEncryption } from "@troupe/load-peers";
import { ProtocolError } from "@troupe/protocol/errors";
import { encodeHandshake } from "@troupe/protocol/peer";
import { parseInfoHash, type InfoHash } from "@troupe/protocol/units";

const { sockets, timers } = nodePorts();
const peerId = new Uint8Array(20).fill(0x7a);
/** By torrent: one pair of keys for all peers, because the engine's half of the work is the one that counts. */
const groups = new Map<InfoHash, GroupEncryption>();

/** The engine that is dialled, and the address that it is dialled from. */
export interface EncryptedTarget {
  readonly host: string;
  readonly port: number;
  /** Numeric. Default: the system's choice. */
  readonly localHost?: string;
  /** 40 hex digits. */
  readonly infoHash: string;
  readonly timeoutMs: number;
}

/** Dials once, without another try. @returns Whether the handshake was complete in time. */
export async function dialEncrypted(target: EncryptedTarget): Promise<boolean> {
  const { host, port, localHost, timeoutMs } = target;
  const infoHash = parseInfoHash(target.infoHash);
  const group = groups.get(infoHash) ?? new GroupEncryption(infoHash, "rc4");
  groups.set(infoHash, group);
  const { promise, resolve } = Promise.withResolvers<boolean>();
  let dial: EncryptedDial | undefined;
  const stream = sockets.dial(
    { host, port },
    {
      opened: (opened) => {
        dial = new EncryptedDial(group, opened, encodeHandshake({ infoHash, peerId }));
      },
      bytes: (_stream, chunk) => {
        try {
          dial?.push(chunk);
        } catch (error) {
          if (!(error instanceof ProtocolError)) throw error;
          resolve(false);
        }
        if (dial?.stream !== undefined) resolve(true);
      },
      closed: () => resolve(false),
    },
    { timeoutMs, ...(localHost !== undefined && { localHost }) },
  );
  const limit = timers.after(timeoutMs, () => resolve(false));
  const hasEntered = await promise;
  limit.cancel();
  stream.destroy();
  return hasEntered;
}
