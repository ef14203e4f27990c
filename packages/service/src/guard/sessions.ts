import type { Clock, Random } from "@troupe/actor-runtime";
import { keyEnded } from "./live-keys.ts";
import type { Refusal } from "./refusal.ts";
import { runAll } from "./run-all.ts";
import { secretText } from "./secret-bytes.ts";
import type { Sha256 } from "./secret-ports.ts";

/** A further login ends the login session that was idle longest. */
const mostSessions = 256;
/** A further login with a token ends the login session of that token that was idle longest. */
const mostOfToken = 16;
/** A login session without a call for this time ends. */
const idleMs = 30 * 24 * 3_600_000;
const secretBytes = 32;

/** A password since the start of the process: the first is 1, and each change counts one more. */
export type PasswordId = `password:${number}`;

/** `password:7`, or the id of a token: a login session ends with the credential that opened it. */
export type CredentialId = PasswordId | `token:${string}`;

/** `page`: the cookie of the page, which browsers send. `dialect`: the `SID` of programs that speak to qBittorrent. */
export type SessionUse = "page" | "dialect";

/** A login of a browser or a program. */
export interface LoginSession {
  /** SHA-256 of its text; says nothing about the text. */
  readonly id: string;
  readonly credential: CredentialId;
  readonly use: SessionUse;
}

interface SessionPorts {
  readonly clock: Pick<Clock, "nowMs">;
  readonly random: Pick<Random, "bytes">;
  readonly sha256: Sha256;
  /** Whether a credential still proves its caller. */
  readonly isLive: (credential: CredentialId) => boolean;
  /** Ends the streams and events of the login session, in the turn in which it ended. */
  readonly onEnded: (session: LoginSession) => void;
}

/** Login sessions, in memory: a restart of the process ends them. */
export class LoginSessions {
  readonly #ports: SessionPorts;
  /** By id; the login session that was idle longest first. */
  readonly #sessions = new Map<string, { readonly session: LoginSession; usedMs: number }>();

  constructor(ports: SessionPorts) {
    this.#ports = ports;
  }

  /** @returns The text of the cookie: 256 random bits; a refusal for a credential that has ended. */
  open(credential: CredentialId, use: SessionUse): string | Refusal {
    if (!this.#ports.isLive(credential)) return keyEnded();
    this.endIdle();
    this.#makeRoomFor(credential);
    const text = secretText(this.#ports.random.bytes(secretBytes));
    const id = this.#idOf(text);
    const session = { id, credential, use };
    this.#sessions.set(id, { session, usedMs: this.#ports.clock.nowMs() });
    return text;
  }

  /** @returns The login session of a cookie's text, which counts as used now. */
  use(text: string, use: SessionUse): LoginSession | undefined {
    this.endIdle();
    const id = this.#idOf(text);
    const found = this.#sessions.get(id);
    if (found === undefined || found.session.use !== use) return undefined;
    found.usedMs = this.#ports.clock.nowMs();
    this.#sessions.delete(id);
    this.#sessions.set(id, found);
    return found.session;
  }

  /** @returns The login session with this id. It does not count as used. */
  find(id: string): LoginSession | undefined {
    return this.#sessions.get(id)?.session;
  }

  /** Ends a login session: a logout. Without such a session it does nothing. */
  end(id: string): void {
    const ended = this.#sessions.get(id);
    if (ended === undefined) return;
    this.#sessions.delete(id);
    this.#ports.onEnded(ended.session);
  }

  /** Ends the login sessions that a credential opened. */
  endOf(credential: CredentialId): void {
    const all = [...this.#sessions.values()].map(({ session }) => session);
    this.#endEach(all.filter((session) => session.credential === credential).map(({ id }) => id));
  }

  endAll(): void {
    this.#endEach([...this.#sessions.keys()]);
  }

  /** Ends login sessions that were idle for 30 days. Each call does this first; an idle process does it once an hour. */
  endIdle(): void {
    const lastMs = this.#ports.clock.nowMs() - idleMs;
    const idle = [...this.#sessions].filter(([, { usedMs }]) => usedMs <= lastMs);
    this.#endEach(idle.map(([id]) => id));
  }

  /** Login sessions that have not ended. */
  get count(): number {
    return this.#sessions.size;
  }

  /** At a bound, ends the login session of the credential that was idle longest; without one, that of all. */
  #makeRoomFor(credential: CredentialId): void {
    const all = [...this.#sessions.values()].map(({ session }) => session);
    const own = all.filter((session) => session.credential === credential);
    const isFull =
      all.length >= mostSessions || (credential.startsWith("token:") && own.length >= mostOfToken);
    const victim = own[0] ?? all[0];
    if (isFull && victim !== undefined) this.end(victim.id);
  }

  #idOf(text: string): string {
    return secretText(this.#ports.sha256(Buffer.from(text)));
  }

  #endEach(ids: readonly string[]): void {
    runAll(ids.map((id) => () => this.end(id)));
  }
}
