// npm `bencode` 4.0 brings no types. Only the half that we let near our own values is declared.
declare module "bencode" {
  /** The functions of the library that we use. */
  export interface BencodeLibrary {
    encode(value: unknown): Uint8Array;
  }
  const bencode: BencodeLibrary;
  /** The library's functions by name. */
  export default bencode;
}
