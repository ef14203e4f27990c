// Message Stream Encryption, https://wiki.vuze.com/w/Message_Stream_Encryption: bytes before the handshakes.
//
//   dialer     public key (96), 0 to 512 random bytes
//   acceptor   public key (96), 0 to 512 random bytes
//   dialer     hash of the secret (20), hash of the torrent and the secret (20), then encrypted: 8 zeros, what is offered (4),
//              length of a pad (2), the pad, length of the first payload (2), the first payload
//   acceptor   encrypted: 8 zeros, what is selected (4), length of a pad (2), the pad
//
// The payload follows, encrypted or plain as selected. The first payload is encrypted always.

import { startSha1 } from "../bytes/sha1.ts";
import { type InfoHash, infoHashToBytes } from "../units.ts";
import { Rc4 } from "./rc4.ts";

/** Bytes of a public key and of the secret. */
export const mseKeyBytes = 96;
/** Bytes of a private key: 160 random bits. */
export const msePrivateKeyBytes = 20;
/** The most random bytes of each pad. */
export const msePadBytes = 512;
/** Bytes of a hash. */
export const mseHashBytes = 20;
/** Zeros that prove the key. */
export const mseProofBytes = 8;
/** The group of the keys: its generator is 2. In hexadecimal digits. */
export const msePrime =
  "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74" +
  "020bbea63b139b22514a08798e3404ddef9519b3cd3a431b302b0a6df25f1437" +
  "4fe1356d6d51c245e485b576625e7ec6f44c42e9a63a36210000000000090563";

/** Bits of what is offered and selected. */
export const MseMethod = { plain: 1, rc4: 2 } as const;
/** The encryption of the payload. */
export type MseMethodName = keyof typeof MseMethod;

/** Bytes of the key stream that are dropped. */
const droppedBytes = 1_024;

/** The ciphers of a connection. */
export interface MseCiphers {
  readonly fromDialer: Rc4;
  readonly fromAcceptor: Rc4;
}

/** @param secret 96 bytes. */
export function mseCiphers(secret: Uint8Array, infoHash: InfoHash): MseCiphers {
  const torrent = infoHashToBytes(infoHash);
  return {
    fromDialer: cipher(hash("keyA", secret, torrent)),
    fromAcceptor: cipher(hash("keyB", secret, torrent)),
  };
}

function cipher(key: Uint8Array): Rc4 {
  const rc4 = new Rc4(key);
  rc4.skip(droppedBytes);
  return rc4;
}

/** The mark after the dialer's pad. */
export function mseMark(secret: Uint8Array): Uint8Array {
  return hash("req1", secret);
}

/** The hash by which an acceptor finds a torrent. It is the same for each connection. */
export function mseTorrentHash(infoHash: InfoHash): Uint8Array {
  return hash("req2", infoHashToBytes(infoHash));
}

/**
 * Hides the hash of a torrent, or reads a hidden one.
 * @param torrentHash 20 bytes.
 */
export function mseHidden(torrentHash: Uint8Array, secret: Uint8Array): Uint8Array {
  return hash("req3", secret).map((byte, index) => byte ^ (torrentHash[index] ?? 0));
}

function hash(name: string, ...parts: readonly Uint8Array[]): Uint8Array {
  const running = startSha1();
  running.update(Buffer.from(name, "latin1"));
  for (const part of parts) running.update(part);
  return new Uint8Array(running.digest());
}
