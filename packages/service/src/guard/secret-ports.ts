/** Parameters of scrypt (RFC 7914), and the memory that the system may give it. */
export interface ScryptParameters {
  /** N, a power of 2. */
  readonly cost: number;
  /** r. */
  readonly blockSize: number;
  /** p. */
  readonly parallelization: number;
  readonly maxMemoryBytes: number;
  /** Length of the derived key. */
  readonly keyBytes: number;
}

/** Derives a key in another thread: the parameters of passwords take a third of a second. */
export type Scrypt = (
  password: Uint8Array,
  salt: Uint8Array,
  parameters: ScryptParameters,
) => Promise<Uint8Array>;

/** SHA-256 of the bytes: 32 bytes. */
export type Sha256 = (bytes: Uint8Array) => Uint8Array;

/** HMAC-SHA-256: 32 bytes. */
export type HmacSha256 = (key: Uint8Array, bytes: Uint8Array) => Uint8Array;
