import type { Random } from "@troupe/actor-runtime";
import type { CheckQueue } from "./check-queue.ts";
import type { GuessDelays } from "./guess-delays.ts";
import {
  makePasswordRecord,
  maxPasswordBytes,
  refusePassword,
  verifyPassword,
  type PasswordRecord,
} from "./password-store.ts";
import { isRefusal, refuse, type Refusal } from "./refusal.ts";
import type { Scrypt } from "./secret-ports.ts";
import type { PasswordId } from "./sessions.ts";
import type { VerifiedPasswords } from "./verified-passwords.ts";

/** The user and the password that a caller sends. */
export interface Login {
  readonly user: string;
  readonly password: string;
}

interface PasswordCheckParts {
  readonly user: string;
  readonly random: Pick<Random, "bytes">;
  readonly scrypt: Scrypt;
  readonly delays: GuessDelays;
  readonly queue: CheckQueue;
  readonly verified: VerifiedPasswords;
  /** Called in the turn of the first right password after a start, to remove the file of the first password. Must not throw. */
  readonly onFirstLogin: () => void;
  /** Saves the record of a changed password; records are saved in the order of the calls. Its error is that of the change, and the old password stays. */
  readonly save: (record: PasswordRecord) => Promise<void>;
  /** Called in the turn in which the password is replaced, to end the old one by `endCredential`. */
  readonly onReplaced: (old: PasswordId) => void;
}

/** The password of the one user, and the order in which a login meets its bounds. */
export class PasswordChecks {
  readonly #parts: PasswordCheckParts;
  #record: PasswordRecord;
  #generation = 1;
  #hasLoggedIn = false;

  constructor(parts: PasswordCheckParts, record: PasswordRecord) {
    this.#parts = parts;
    this.#record = record;
  }

  /** The name of the user. */
  get user(): string {
    return this.#parts.user;
  }

  /** The password that counts now. */
  get credential(): PasswordId {
    return `password:${this.#generation}`;
  }

  /**
   * A delayed address is refused before anything else, also with a remembered password: guesses would otherwise be tried
   * against the memory.
   * @returns A refusal, or the credential that the right user and password prove.
   */
  async check(addressKey: string, login: Login): Promise<PasswordId | Refusal> {
    if (isOversized(login)) return loginFailed();
    const { delays, queue, verified } = this.#parts;
    const delayed = delays.refuse(addressKey);
    if (delayed !== undefined) return delayed;
    const { user, password } = login;
    const fingerprint = verified.fingerprint(addressKey, user, password);
    if (verified.has(fingerprint)) return this.credential;
    const result = await queue.check(addressKey, fingerprint, async () => {
      const record = this.#record;
      // A wrong user takes as long as a wrong password.
      const isOfRecord = await verifyPassword(password, record, this.#parts.scrypt);
      // Compared in the turn of the answer: a password that was changed during its check is wrong.
      const isRight = isOfRecord && user === this.#parts.user && record === this.#record;
      if (isRight) this.#accept(addressKey, fingerprint);
      else delays.addGuess(addressKey);
      return isRight;
    });
    if (isRefusal(result)) return result;
    // The password may have been replaced since: then it is no longer remembered.
    return result && verified.has(fingerprint) ? this.credential : loginFailed();
  }

  /**
   * Sets another password, once it is saved. The caller removes the file of the first password.
   * @returns The new record.
   */
  async change(password: string): Promise<PasswordRecord | Refusal> {
    const refusal = refusePassword(password);
    if (refusal !== undefined) return refusal;
    const { random, scrypt } = this.#parts;
    const record = await makePasswordRecord(password, random, scrypt, this.#record.cost);
    await this.#parts.save(record);
    this.replace(record);
    return record;
  }

  /** Takes a record that is saved, and ends the old password in the same turn. */
  replace(record: PasswordRecord): void {
    const old = this.credential;
    this.#record = record;
    this.#generation++;
    this.#parts.verified.forgetAll();
    this.#parts.onReplaced(old);
  }

  #accept(addressKey: string, fingerprint: string): void {
    this.#parts.delays.clear(addressKey);
    this.#parts.verified.remember(fingerprint);
    if (this.#hasLoggedIn) return;
    this.#hasLoggedIn = true;
    this.#parts.onFirstLogin();
  }
}

function isOversized({ user, password }: Login): boolean {
  return [user, password].some((text) => Buffer.byteLength(text) > maxPasswordBytes);
}

function loginFailed(): Refusal {
  const message =
    "cannot log in: user or password is wrong; `troupe password` on the machine of the service sets another one";
  return refuse(401, "login-failed", message);
}
