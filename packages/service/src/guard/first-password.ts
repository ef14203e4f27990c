// The password before its user has chosen one: made at the first start, and readable until the first login.

import type { Random } from "@troupe/actor-runtime";
import {
  formatPasswordRecord,
  makePasswordRecord,
  parsePasswordRecord,
  verifyPassword,
  refusePassword,
  type PasswordRecord,
} from "./password-store.ts";
import { isRefusal, type Refusal } from "./refusal.ts";
import type { Scrypt } from "./secret-ports.ts";

/** Without `i`, `l`, `o` and `u`, which people take for others. */
const letters = "0123456789abcdefghjkmnpqrstvwxyz";
const secretBytes = 16;

/** The files of the state folder that have the password. A failed call throws the system's error. */
export interface PasswordFiles {
  /** The saved record; undefined where there is none. */
  readRecord(): string | undefined;
  writeRecord(text: string): void;
  /** Writes `first-password`, readable by its owner alone. */
  writeFirst(password: string): void;
  /** Removes `first-password`; without one it does nothing. */
  removeFirst(): void;
}

/** The rest of what a start needs. */
interface PasswordStart {
  readonly files: PasswordFiles;
  readonly random: Pick<Random, "bytes">;
  readonly scrypt: Scrypt;
  /** N of scrypt, that of the saved record too. Default that of password-store.ts. */
  readonly cost?: number | undefined;
  /** The content of the file that `TROUPE_PASSWORD_FILE` names, without its line end. */
  readonly configured?: string | undefined;
  /** A terminal shows the first password, so that no file has it. */
  readonly hasTerminal: boolean;
}

/** The password after a start. */
interface StartedPassword {
  readonly record: PasswordRecord;
  /** The first password, for the terminal. Absent when a file has it, and when it is not the first start. */
  readonly shown?: string;
}

/**
 * @returns 128 random bits as 26 letters and digits in groups: `k3v9t-0m2qe-…`.
 */
export function makeFirstPassword(random: Pick<Random, "bytes">): string {
  let bits = 0n;
  for (const byte of random.bytes(secretBytes)) bits = (bits << 8n) | BigInt(byte);
  // 26 letters of 5 bits: the first has 3 bits.
  const text = Array.from(
    { length: 26 },
    (_, at) => letters[Number((bits >> BigInt(5 * (25 - at))) & 31n)],
  ).join("");
  return text.replace(/^(.{5})(.{5})(.{5})(.{5})/, "$1-$2-$3-$4-");
}

/** Reads the password, or makes the first one. A configured password replaces a saved password that differs. */
export async function startPassword(start: PasswordStart): Promise<StartedPassword | Refusal> {
  const { files, configured, hasTerminal } = start;
  const text = files.readRecord();
  const saved = text === undefined ? undefined : parsePasswordRecord(text, start.cost);
  if (configured !== undefined) return await useConfigured(start, configured, saved);
  if (isRefusal(saved)) return saved;
  if (saved !== undefined) return { record: saved };
  const password = makeFirstPassword(start.random);
  // The file is written before the record: after a crash between the two writes there is no record, and the next start makes
  // another password.
  if (!hasTerminal) files.writeFirst(password);
  const record = await saveNew(start, password);
  return hasTerminal ? { record, shown: password } : { record };
}

async function useConfigured(
  start: PasswordStart,
  configured: string,
  saved: PasswordRecord | Refusal | undefined,
): Promise<StartedPassword | Refusal> {
  const refusal = refusePassword(configured);
  if (refusal !== undefined) return refusal;
  const isSaved = saved !== undefined && !isRefusal(saved);
  if (isSaved && (await verifyPassword(configured, saved, start.scrypt))) return { record: saved };
  const record = await saveNew(start, configured);
  start.files.removeFirst();
  return { record };
}

async function saveNew(
  { files, random, scrypt, cost }: PasswordStart,
  password: string,
): Promise<PasswordRecord> {
  const record = await makePasswordRecord(password, random, scrypt, cost);
  files.writeRecord(formatPasswordRecord(record));
  return record;
}
