// The guard of one incarnation: what proves callers, and the bounds of what they may hold.

import type { Clock, Random, Timers } from "@troupe/actor-runtime";
import { BodyBudget } from "../guard/body-budget.ts";
import { CallPlaces } from "../guard/call-places.ts";
import { ForwardedWarning, parseTrustedProxies } from "../guard/caller-address.ts";
import { CheckQueue } from "../guard/check-queue.ts";
import { ConnectionBounds } from "../guard/connection-bounds.ts";
import { endCredential } from "../guard/end-credential.ts";
import { GuessDelays } from "../guard/guess-delays.ts";
import { parseHostNames } from "../guard/host-rule.ts";
import { isLiveKey } from "../guard/live-keys.ts";
import { OpenUses } from "../guard/open-uses.ts";
import { PasswordChecks } from "../guard/password-checks.ts";
import {
  formatPasswordRecord,
  parsePasswordRecord,
  type PasswordRecord,
} from "../guard/password-store.ts";
import { isRefusal, type Refusal } from "../guard/refusal.ts";
import { LoginSessions } from "../guard/sessions.ts";
import { formatTokenRecords, parseTokenRecords } from "../guard/token-records.ts";
import { Tokens } from "../guard/tokens.ts";
import { VerifiedPasswords } from "../guard/verified-passwords.ts";
import type { HttpOptions, SavedSecret, SavedSecrets } from "../service.messages.ts";
import { deriveKey, hmacSha256, sha256 } from "./node-secrets.ts";

/** The world around a guard. */
interface GuardPorts {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Pick<Random, "bytes">;
  /** Settles when the secret is durable. @throws rejects with the error of the state folder. */
  save(secret: SavedSecret): Promise<void>;
  /** The first password is no longer needed. */
  firstLogin(): void;
}

/** Login sessions, tokens and the password, which a service without `--no-auth` has. */
export class Credentials {
  readonly sessions: LoginSessions;
  readonly tokens: Tokens;
  readonly passwords: PasswordChecks;
  readonly queue: CheckQueue;
  readonly uses: OpenUses;
  readonly #ports: GuardPorts;
  #savedAddresses: ReadonlySet<string>;

  /** @throws Error for saved secrets that this program has not written. */
  constructor(
    secrets: SavedSecrets,
    { user, passwordCost }: Pick<HttpOptions, "passwordCost" | "user">,
    ports: GuardPorts,
  ) {
    const { clock, timers, random } = ports;
    this.#ports = ports;
    this.#savedAddresses = new Set(secrets.knownAddresses);
    this.uses = new OpenUses((key) => isLiveKey(key, this));
    this.queue = new CheckQueue(timers, secrets.knownAddresses);
    const records = secrets.tokens === undefined ? [] : parseTokenRecords(secrets.tokens);
    this.tokens = new Tokens({ clock, random, sha256 }, orThrow(records));
    this.sessions = new LoginSessions({
      ...{ clock, random, sha256 },
      isLive: (credential) => isLiveKey(credential, this),
      onEnded: ({ id }) => this.uses.endOf(`session:${id}`),
    });
    const parts = {
      ...{ user, random, scrypt: deriveKey, queue: this.queue },
      delays: new GuessDelays(clock),
      verified: new VerifiedPasswords({ clock, random, hmac: hmacSha256 }),
      onFirstLogin: () => ports.firstLogin(),
      save: (record: PasswordRecord) =>
        ports.save({ kind: "password", text: formatPasswordRecord(record) }),
      onReplaced: (old: Parameters<typeof endCredential>[0]) =>
        endCredential(old, this.sessions, this.uses),
    };
    const record = orThrow(parsePasswordRecord(secrets.password, passwordCost));
    this.passwords = new PasswordChecks(parts, record);
  }

  /** A credential of the address has succeeded. */
  know(addressKey: string): void {
    this.queue.know(addressKey);
    if (this.#savedAddresses.has(addressKey)) return;
    const addresses = this.queue.knownKeys;
    this.#savedAddresses = new Set(addresses);
    // Without it the address is known to this incarnation alone.
    this.#ports.save({ kind: "known-addresses", addresses }).catch(() => undefined);
  }

  /** Sets another password; the file of the first one goes. @returns A refusal, or its record. */
  async changePassword(password: string): Promise<Refusal | PasswordRecord> {
    const changed = await this.passwords.change(password);
    if (!isRefusal(changed)) this.#ports.firstLogin();
    return changed;
  }

  /** Saves the tokens. */
  async saveTokens(): Promise<void> {
    await this.#ports.save({ kind: "tokens", text: formatTokenRecords(this.tokens.list()) });
  }
}

/** The rules and bounds of one incarnation. `Id` names a connection. */
export class Guard<Id> {
  readonly bounds = new ConnectionBounds<Id>();
  readonly budget = new BodyBudget();
  readonly places = new CallPlaces();
  readonly forwarded = new ForwardedWarning();
  readonly hostRule: { readonly machineName: string; readonly names: readonly string[] };
  readonly proxies: Exclude<ReturnType<typeof parseTrustedProxies>, Refusal>;
  /** Undefined with `--no-auth`. */
  readonly credentials: Credentials | undefined;

  constructor(options: HttpOptions, ports: GuardPorts) {
    const { machineName, hosts, secrets, trustedProxies } = options;
    this.hostRule = { machineName, names: orThrow(parseHostNames(hosts)) };
    this.proxies = orThrow(parseTrustedProxies(trustedProxies));
    this.credentials = secrets && new Credentials(secrets, options, ports);
  }
}

function orThrow<Value>(value: Value | Refusal): Value {
  if (isRefusal(value)) throw new Error(value.message);
  return value;
}
