export * from "./byte-order.ts";
export * from "./copy-bytes.ts";
export * from "./crc-32c.ts";
export { publicKeyBytes, publicKeyOf, secretKeyBytes } from "./ed25519.ts";
export { hexadecimal } from "./hexadecimal.ts";
export * from "./latin1-bytes.ts";
export * from "./sha1.ts";
export * from "./sha256.ts";
export * from "./short-sha1.ts";
