export * from "./bencode-decode.ts";
export * from "./bencode-encode.ts";
export * from "./bencode-fields.ts";
export type { BencodeLimits } from "./bencode-scanner.ts";

export type { BencodeValue } from "./bencode-value.ts";
