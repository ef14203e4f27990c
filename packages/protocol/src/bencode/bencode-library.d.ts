// npm `bencode` 4.0 has no types.
declare module "bencode" {
  /** The part in use. */
  export interface BencodeLibrary {
    encode(value: unknown): Uint8Array;
  }
  const bencode: BencodeLibrary;
  /** The functions by name. */
  export default bencode;
}
