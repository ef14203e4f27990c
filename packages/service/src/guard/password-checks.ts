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
import type { VerifiedPasswords } from "./verified-passwords.ts";

/** What a caller sends to prove that it knows the password. */
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
}

/** The password of the one user, and the order in which a login meets its bounds. */
export class PasswordChecks {
  readonly #parts: PasswordCheckParts;
  #record: PasswordRecord;
  #hasLoggedIn = false;

  constructor(parts: PasswordCheckParts, record: PasswordRecord) {
    this.#parts = parts;
    this.#record = record;
  }

  /**
   * A delayed address is refused before anything else, also with a remembered password: guesses would otherwise be tried
   * against the memory.
   * @returns A refusal, or undefined for the right user and password.
   */
  async check(addressKey: string, login: Login): Promise<Refusal | undefined> {
    const { delays, queue, verified } = this.#parts;
    const delayed = delays.refuse(addressKey);
    if (delayed !== undefined) return delayed;
    const { user, password } = login;
    const fingerprint = verified.fingerprint(addressKey, user, password);
    if (verified.has(fingerprint)) return undefined;
    const result = await queue.check(addressKey, fingerprint, async () => {
      const isRight = await this.#verify(login);
      if (isRight) this.#accept(addressKey, fingerprint);
      else delays.addGuess(addressKey);
      return isRight;
    });
    if (isRefusal(result)) return result;
    return result ? undefined : loginFailed();
  }

  /**
   * Sets another password. The caller saves the record, removes the file of the first password, and ends what the old one
   * proved.
   * @returns The new record.
   */
  async change(password: string): Promise<PasswordRecord | Refusal> {
    const refusal = refusePassword(password);
    if (refusal !== undefined) return refusal;
    const { random, scrypt } = this.#parts;
    const record = await makePasswordRecord(password, random, scrypt);
    this.replace(record);
    return record;
  }

  /** Takes a record that another process has saved. */
  replace(record: PasswordRecord): void {
    this.#record = record;
    this.#parts.verified.forgetAll();
  }

  /** A wrong user takes as long as a wrong password. A password that was changed during the check is wrong. */
  async #verify({ user, password }: Login): Promise<boolean> {
    if (Buffer.byteLength(password) > maxPasswordBytes) return false;
    const record = this.#record;
    const isRight = await verifyPassword(password, record, this.#parts.scrypt);
    return isRight && user === this.#parts.user && record === this.#record;
  }

  #accept(addressKey: string, fingerprint: string): void {
    this.#parts.delays.clear(addressKey);
    this.#parts.verified.remember(fingerprint);
    if (this.#hasLoggedIn) return;
    this.#hasLoggedIn = true;
    this.#parts.onFirstLogin();
  }
}

function loginFailed(): Refusal {
  const message =
    "cannot log in: user or password is wrong; `troupe password` on the machine of the service sets another one";
  return refuse(401, "login-failed", message);
}
