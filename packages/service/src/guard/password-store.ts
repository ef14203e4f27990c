// The form in which a password is kept: `scrypt$15$8$3$<salt>$<key>`, salt and key in base64url.

import type { Random } from "@troupe/actor-runtime";
import { refuse, type Refusal } from "./refusal.ts";
import { areEqualSecrets, readSecretText, secretText } from "./secret-bytes.ts";
import type { Scrypt, ScryptParameters } from "./secret-ports.ts";

const costExponent = 15;
const saltBytes = 16;
/** A check takes 32 MiB and about a third of a second. Node's own bound of the memory is just below what it needs. */
const parameters: ScryptParameters = {
  cost: 2 ** costExponent,
  blockSize: 8,
  parallelization: 3,
  maxMemoryBytes: 64 * 1_024 ** 2,
  keyBytes: 32,
};
const prefix = `scrypt$${costExponent}$${parameters.blockSize}$${parameters.parallelization}`;

/** A chosen password: fewer characters than this are refused `password-not-allowed`. */
const leastPasswordLength = 8;
/** Bytes in UTF-8; a longer chosen password is refused, a longer user or password of a login is wrong without a check. */
export const maxPasswordBytes = 1_024;

/** A password as it is kept. */
export interface PasswordRecord {
  /** 16 bytes. */
  readonly salt: Uint8Array;
  /** 32 bytes. */
  readonly key: Uint8Array;
}

/** @returns The refusal of a password that a user may not choose; undefined for an allowed one. */
export function refusePassword(password: string): Refusal | undefined {
  const [length, lengthBytes] = [password.length, Buffer.byteLength(password)];
  if (length >= leastPasswordLength && lengthBytes <= maxPasswordBytes) return undefined;
  const message = `cannot set the password: it has ${length} characters, ${lengthBytes} bytes; allowed are ${leastPasswordLength} characters or more, and at most ${maxPasswordBytes} bytes`;
  return refuse(400, "password-not-allowed", message);
}

/** Derives the record of a password with a fresh salt. */
export async function makePasswordRecord(
  password: string,
  random: Pick<Random, "bytes">,
  scrypt: Scrypt,
): Promise<PasswordRecord> {
  const salt = random.bytes(saltBytes);
  return { salt, key: await scrypt(Buffer.from(password), salt, parameters) };
}

/** @returns Whether the password is that of the record; compared in constant time. */
export async function verifyPassword(
  password: string,
  { salt, key }: PasswordRecord,
  scrypt: Scrypt,
): Promise<boolean> {
  return areEqualSecrets(await scrypt(Buffer.from(password), salt, parameters), key);
}

/** The record as a line of text without a line break. */
export function formatPasswordRecord({ salt, key }: PasswordRecord): string {
  return `${prefix}$${secretText(salt)}$${secretText(key)}`;
}

/** @returns The record, or the refusal `password-record-malformed`, which does not repeat the text. */
export function parsePasswordRecord(text: string): PasswordRecord | Refusal {
  if (text.startsWith(`${prefix}$`) && text.length < 200) {
    const parts = text.slice(prefix.length + 1).split("$");
    const [salt, key] = parts.map(readSecretText);
    const isWhole = salt?.length === saltBytes && key?.length === parameters.keyBytes;
    if (isWhole && parts.length === 2) return { salt, key };
  }
  const message = `cannot read the saved password: ${text.length} characters are not a record of the form ${prefix}$salt$key; set a new one with \`troupe password\``;
  return refuse(500, "password-record-malformed", message);
}
