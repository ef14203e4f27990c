import type { Clock, Random } from "@troupe/actor-runtime";
import type { RemoteRight } from "@troupe/control";
import { cleanText } from "@troupe/protocol/text";
import { refuse, type Refusal } from "./refusal.ts";
import { areEqualSecrets, secretText } from "./secret-bytes.ts";
import type { Sha256 } from "./secret-ports.ts";

/** The first characters of each token, by which people and scanners of secrets know it. */
const tokenPrefix = "troupe_";
const secretBytes = 32;
const tokenLength = tokenPrefix.length + Math.ceil((secretBytes * 4) / 3);
/** A further token is refused `too-many-tokens`. */
export const mostTokens = 100;
/** A longer name is refused `token-not-allowed`. */
const longestName = 64;

/** A token as it is saved and listed: without the text that proves it. */
export interface TokenRecord {
  /** 16 hexadecimal digits. */
  readonly id: string;
  /** Chosen by its user, unique. */
  readonly name: string;
  readonly right: RemoteRight;
  /** SHA-256 of the token's text, base64url. */
  readonly digest: string;
  /** Since 1970. */
  readonly createdMs: number;
}

interface TokenPorts {
  readonly clock: Pick<Clock, "epochMs">;
  readonly random: Pick<Random, "bytes">;
  readonly sha256: Sha256;
}

/** The tokens of programs. The owner saves `list()` after each change. */
export class Tokens {
  readonly #ports: TokenPorts;
  readonly #digests: { readonly record: TokenRecord; readonly digest: Uint8Array }[];

  /** @param records Saved ones, which an earlier `list()` gave. */
  constructor(ports: TokenPorts, records: readonly TokenRecord[] = []) {
    this.#ports = ports;
    this.#digests = records.map((record) => ({ record, digest: digestIn(record) }));
  }

  /** @returns The new record, and its text, which is nowhere else and cannot be shown again. */
  create(
    name: string,
    right: RemoteRight,
  ): { readonly record: TokenRecord; readonly text: string } | Refusal {
    const refusal = refuseTokenName(name) ?? this.#refuseTaken(name) ?? this.#refuseCount();
    if (refusal !== undefined) return refusal;
    const text = `${tokenPrefix}${secretText(this.#ports.random.bytes(secretBytes))}`;
    const digest = this.#ports.sha256(Buffer.from(text));
    const id = Buffer.from(this.#ports.random.bytes(8)).toString("hex");
    const createdMs = this.#ports.clock.epochMs();
    const record = { id, name, right, digest: secretText(digest), createdMs };
    this.#digests.push({ record, digest });
    return { record, text };
  }

  /** In the order of their creation. */
  list(): readonly TokenRecord[] {
    return this.#digests.map(({ record }) => record);
  }

  /** @returns Whether there was such a token. */
  revoke(id: string): boolean {
    const at = this.#digests.findIndex(({ record }) => record.id === id);
    if (at >= 0) this.#digests.splice(at, 1);
    return at >= 0;
  }

  /** @returns The token with this text. The time tells neither which token is near nor how near. */
  verify(text: string): TokenRecord | undefined {
    if (text.length !== tokenLength) return undefined;
    const seen = this.#ports.sha256(Buffer.from(text));
    let found: TokenRecord | undefined;
    for (const { record, digest } of this.#digests) {
      if (areEqualSecrets(seen, digest)) found = record;
    }
    return found;
  }

  #refuseTaken(name: string): Refusal | undefined {
    if (this.#digests.every(({ record }) => record.name !== name)) return undefined;
    const message = `cannot create the token: the name ${JSON.stringify(name)} is in use; allowed is a new one`;
    return refuse(409, "token-not-allowed", message);
  }

  #refuseCount(): Refusal | undefined {
    if (this.#digests.length < mostTokens) return undefined;
    const message = `cannot create the token: there are ${this.#digests.length}, and at most ${mostTokens} are allowed; revoke one first`;
    return refuse(409, "too-many-tokens", message);
  }
}

/** @returns The refusal of a name that no token may have; undefined for an allowed one. */
export function refuseTokenName(name: string): Refusal | undefined {
  const isAllowed = name !== "" && cleanText(name, longestName) === name;
  if (isAllowed) return undefined;
  const message = `cannot create the token: its name has ${name.length} characters; allowed are 1 to ${longestName} printable characters`;
  return refuse(400, "token-not-allowed", message);
}

function digestIn(record: TokenRecord): Uint8Array {
  return Uint8Array.from(Buffer.from(record.digest, "base64url"));
}
