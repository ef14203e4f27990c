// The form in which a password is kept: `scrypt$15$8$3$<salt>$<key>`, salt and key in base64url.

import type { Random } from "@troupe/actor-runtime";
import { refuse, type Refusal } from "./refusal.ts";
import { areEqualSecrets, readSecretText, secretText } from "./secret-bytes.ts";
import type { Scrypt, ScryptParameters } from "./secret-ports.ts";

/** N of scrypt. A check takes 32 MiB and about a third of a second. */
const passwordCost: number = 2 ** 15;
/** r and p of scrypt. */
const shape = { blockSize: 8, parallelization: 3 };
/** Node's own bound is just below what N needs. */
const maxMemoryBytes = 64 * 1_024 ** 2;
const saltBytes = 16;
const keyBytes = 32;

/** A chosen password: fewer characters than this are refused `password-not-allowed`. */
const leastPasswordLength = 8;
/** Bytes in UTF-8; a longer chosen password is refused, a longer user or password of a login is wrong without a check. */
export const maxPasswordBytes = 1_024;

/** A password as it is kept. */
export interface PasswordRecord {
  /** N of scrypt. */
  readonly cost: number;
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
  cost: number = passwordCost,
): Promise<PasswordRecord> {
  const salt = random.bytes(saltBytes);
  return { cost, salt, key: await scrypt(Buffer.from(password), salt, parametersOf(cost)) };
}

/** @returns Whether the password is that of the record; compared in constant time. */
export async function verifyPassword(
  password: string,
  { cost, salt, key }: PasswordRecord,
  scrypt: Scrypt,
): Promise<boolean> {
  return areEqualSecrets(await scrypt(Buffer.from(password), salt, parametersOf(cost)), key);
}

/** The record as a line of text without a line break. */
export function formatPasswordRecord({ cost, salt, key }: PasswordRecord): string {
  return `${prefixOf(cost)}$${secretText(salt)}$${secretText(key)}`;
}

/**
 * Reads a record of exactly this cost: a record that is cheaper to guess, or dearer to check, is malformed.
 *
 * @returns The record, or the refusal `password-record-malformed`, which does not repeat the text.
 */
export function parsePasswordRecord(
  text: string,
  cost: number = passwordCost,
): PasswordRecord | Refusal {
  const prefix = prefixOf(cost);
  if (text.startsWith(`${prefix}$`) && text.length < 200) {
    const parts = text.slice(prefix.length + 1).split("$");
    const [salt, key] = parts.map(readSecretText);
    const isWhole = salt?.length === saltBytes && key?.length === keyBytes;
    if (isWhole && parts.length === 2) return { cost, salt, key };
  }
  const message = `cannot read the saved password: ${text.length} characters are not a record of the form ${prefix}$salt$key; set a new one with \`troupe password\``;
  return refuse(500, "password-record-malformed", message);
}

function parametersOf(cost: number): ScryptParameters {
  return { ...shape, cost, maxMemoryBytes, keyBytes };
}

function prefixOf(cost: number): string {
  return `scrypt$${Math.log2(cost)}$${shape.blockSize}$${shape.parallelization}`;
}
