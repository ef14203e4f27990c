// Streams to peers that are more than a socket. Engine and load tester use them alike.

export { CipherBuffers } from "./cipher-buffers.ts";
export { Decryption, EncryptedStream } from "./encrypted-stream.ts";
export * from "./utp/index.ts";
