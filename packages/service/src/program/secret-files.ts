// Files of the state folder that have what proves callers. Only the user of this program may read them.

import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { open, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Random } from "@troupe/actor-runtime";
import { readSecretText, secretText } from "../guard/secret-bytes.ts";
import type { PasswordFiles } from "../guard/first-password.ts";
import type { SavedSecret } from "../service.messages.ts";
import { readIfThere } from "./state-text.ts";

const files: Readonly<Record<SavedSecret["kind"], string>> = {
  password: "password",
  tokens: "tokens.json",
  "known-addresses": "known-addresses",
};
/** The length of the HMAC. */
const linkKeyBytes = 32;
/** Addresses of an earlier run that are read. */
const mostAddresses = 1_000;

interface WaitingWrite {
  /** The text that was asked for last. */
  text: string;
  readonly saved: Promise<void>;
}

/** The folder of the service's secrets. */
export class SecretFiles implements PasswordFiles {
  readonly folder: string;
  /** One write is under way; those that wait behind it are the last of each kind. */
  #last: Promise<void> = Promise.resolve();
  readonly #waiting = new Map<string, WaitingWrite>();

  /** Makes the folder. @throws a system error */
  constructor(stateFolder: string) {
    this.folder = join(stateFolder, "service");
    makePrivateFolder(this.folder);
  }

  /** The file with the first password, until the first login. */
  get firstPasswordPath(): string {
    return join(this.folder, "first-password");
  }

  /** Whether a file has the first password. */
  get hasFirst(): boolean {
    return existsSync(this.firstPasswordPath);
  }

  readRecord(): string | undefined {
    return this.read("password")?.trimEnd();
  }

  writeRecord(text: string): void {
    writeDurably(join(this.folder, files.password), `${text}\n`);
  }

  writeFirst(password: string): void {
    writeDurably(this.firstPasswordPath, `${password}\n`);
  }

  removeFirst(): void {
    rmSync(this.firstPasswordPath, { force: true });
  }

  /** @returns Undefined where there is none. @throws a system error for a file that cannot be read */
  read(kind: SavedSecret["kind"]): string | undefined {
    return readIfThere(join(this.folder, files[kind]));
  }

  /**
   * The key of signed links: that of its file, else a new one. Without the file all links have ended.
   *
   * @throws a system error
   */
  linkKey(random: Pick<Random, "bytes">): string {
    const path = join(this.folder, "link-key");
    const saved = existsSync(path) ? readFileSync(path, "utf8").trimEnd() : "";
    if (readSecretText(saved)?.length === linkKeyBytes) return saved;
    const made = secretText(random.bytes(linkKeyBytes));
    writeDurably(path, `${made}\n`);
    return made;
  }

  /** Addresses whose credentials have succeeded. */
  get knownAddresses(): readonly string[] {
    return (this.read("known-addresses") ?? "").split("\n").filter(Boolean).slice(0, mostAddresses);
  }

  /**
   * Settles when the secret, or a later one of its kind, is durable. While a disk does not answer, one write of each kind waits.
   *
   * @throws rejects with a system error
   */
  save(secret: SavedSecret): Promise<void> {
    const text = "text" in secret ? secret.text : secret.addresses.join("\n");
    const waiting = this.#waiting.get(secret.kind);
    if (waiting !== undefined) {
      waiting.text = text;
      return waiting.saved;
    }
    const write: WaitingWrite = { text, saved: this.#last.then(() => this.#write(secret.kind)) };
    this.#waiting.set(secret.kind, write);
    this.#last = write.saved.catch(() => undefined);
    return write.saved;
  }

  async #write(kind: SavedSecret["kind"]): Promise<void> {
    const text = this.#waiting.get(kind)?.text ?? "";
    this.#waiting.delete(kind);
    await replaceFile(join(this.folder, files[kind]), `${text.trimEnd()}\n`);
  }
}

/** Makes a folder that the user alone may enter; one that is there becomes so. @throws a system error */
export function makePrivateFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  chmodSync(path, 0o700);
}

/** Writes a file that the user alone may read, whole or not at all. @throws rejects with a system error */
export async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  const file = await open(`${path}.new`, "w", 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
  const folder = await open(dirname(path), "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function writeDurably(path: string, text: string): void {
  const file = openSync(`${path}.new`, "w", 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(`${path}.new`, path);
  const folder = openSync(dirname(path), "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
