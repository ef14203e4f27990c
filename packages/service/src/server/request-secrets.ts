import type { Random } from "@troupe/actor-runtime";
import { TroupeError } from "@troupe/control";
import { endCredential } from "../guard/end-credential.ts";
import { makeFirstPassword } from "../guard/first-password.ts";
import { isRefusal, type Refusal } from "../guard/refusal.ts";
import type { TokenRecord } from "../guard/tokens.ts";
import type { RequestSecrets, ShownToken } from "../routes/route.ts";
import type { Credentials } from "./guard.ts";
import { rightOf, type ProvenCaller } from "./prove-caller.ts";

/** The tokens and the password as the caller of one request may change them. */
export function requestSecrets(
  credentials: Credentials | undefined,
  proven: ProvenCaller,
  random: Pick<Random, "bytes">,
): RequestSecrets {
  const allowed = (): Credentials => {
    if (rightOf(proven) !== "local") throw notLocal();
    if (credentials === undefined) throw withoutPasswords();
    return credentials;
  };
  return {
    tokens: () => allowed().tokens.list().map(shown),
    createToken: async (name, right) => {
      const { tokens } = allowed();
      const made = orThrow(tokens.create(name, right));
      await saveOr(allowed(), () => tokens.revoke(made.record.id));
      return { ...shown(made.record), token: made.text };
    },
    revokeToken: async (id) => {
      const { sessions, tokens, uses } = allowed();
      if (!tokens.revoke(id)) throw unknownToken(id);
      // Ended before it is saved: a disk that does not answer keeps no caller in.
      endCredential(`token:${id}`, sessions, uses);
      await allowed().saveTokens();
    },
    setPassword: async (password) => {
      const made = password === undefined ? makeFirstPassword(random) : undefined;
      orThrow(await allowed().changePassword(password ?? made ?? ""));
      return made;
    },
  };
}

async function saveOr(credentials: Credentials, undo: () => void): Promise<void> {
  try {
    await credentials.saveTokens();
  } catch (error) {
    undo();
    // The next incarnation must not get the token; on the disk it has no text that anyone knows.
    credentials.saveTokens().catch(() => undefined);
    throw error;
  }
}

function shown({ id, name, right, createdMs }: TokenRecord): ShownToken {
  return { id, name, right, createdMs };
}

function orThrow<Value>(value: Value | Refusal): Value {
  if (isRefusal(value)) throw new TroupeError(value.refused, value.message);
  return value;
}

function notLocal(): TroupeError {
  const message =
    "passwords and tokens need the right local: use troupe password and troupe token on the machine of the service";
  return new TroupeError("not-permitted", message, { details: { needed: "local" } });
}

function withoutPasswords(): TroupeError {
  return new TroupeError("no-passwords", "the service has no passwords: it runs with --no-auth");
}

function unknownToken(id: string): TroupeError {
  return new TroupeError("token-unknown", `there is no token ${JSON.stringify(id.slice(0, 40))}`);
}
