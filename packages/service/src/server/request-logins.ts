import { TroupeError } from "@troupe/control";
import { dialectCookieName, serialiseCookie, cookieValues } from "../guard/cookies.ts";
import { isRefusal, type Refusal } from "../guard/refusal.ts";
import type { CredentialId, SessionUse } from "../guard/sessions.ts";
import type { RequestLogins } from "../routes/route.ts";
import type { AdmittedRequest } from "./admit-request.ts";
import type { Credentials } from "./guard.ts";

/** A login session ends after 30 days without a call, and its cookie with it. */
const cookieSeconds = 30 * 86_400;

/** The parts of a request that logins need. */
interface LoginRequest {
  readonly cookie: string | undefined;
  /** The path of the cookies, without its last `/`. */
  readonly basePath: string;
  /** The name of the page's cookie at the port of the request. */
  readonly pageCookie: string;
  readonly isKnown: boolean;
}

/** Logins of one request. */
export function requestLogins(
  credentials: Credentials | undefined,
  { addressKey, isSecure }: AdmittedRequest,
  request: LoginRequest,
): RequestLogins {
  const path = `${request.basePath}/`;
  const names = { dialect: dialectCookieName, page: request.pageCookie } as const;
  const cookie = (use: SessionUse, value: string, maxAgeSeconds: number): string =>
    serialiseCookie({ name: names[use], value, path, isSecure, maxAgeSeconds });
  const openSession = (
    known: Credentials,
    credential: CredentialId,
    use: SessionUse,
  ): string | Refusal => {
    known.know(addressKey);
    const text = known.sessions.open(credential, use);
    return isRefusal(text) ? text : cookie(use, text, cookieSeconds);
  };
  const close = (use: SessionUse): string => {
    for (const text of cookieValues(request.cookie, names[use])) {
      const session = credentials?.sessions.use(text, use);
      if (session !== undefined) credentials?.sessions.end(session.id);
    }
    return cookie(use, "", 0);
  };
  return {
    isGuarded: credentials !== undefined,
    isKnown: request.isKnown,
    login: async (user, password) => {
      // Without passwords every login is right.
      if (credentials === undefined) return cookie("dialect", "", cookieSeconds);
      const proof = await credentials.passwords.check(addressKey, { user, password });
      const opened = isRefusal(proof) ? proof : openSession(credentials, proof, "dialect");
      if (!isRefusal(opened)) return opened;
      // A wrong password is an answer; a delay is an error of the call.
      if (opened.status === 401) return undefined;
      throw loginError(opened);
    },
    openPage: async (secret) => {
      if (credentials === undefined) return cookie("page", "", 0);
      const proof = await pageProof(credentials, addressKey, secret);
      const opened = isRefusal(proof) ? proof : openSession(credentials, proof, "page");
      if (isRefusal(opened)) throw loginError(opened);
      return opened;
    },
    logout: () => close("dialect"),
    closePage: () => close("page"),
  };
}

/** A token is never delayed: it cannot be guessed. */
async function pageProof(
  { passwords, tokens }: Credentials,
  addressKey: string,
  secret: string,
): Promise<CredentialId | Refusal> {
  const token = tokens.verify(secret);
  if (token !== undefined) return `token:${token.id}`;
  return await passwords.check(addressKey, { user: passwords.user, password: secret });
}

function loginError({ refused, status, message, retryAfterSeconds }: Refusal): TroupeError {
  const details = retryAfterSeconds === undefined ? {} : { retryAfterSeconds };
  return new TroupeError(status === 429 ? "too-many-guesses" : refused, message, { details });
}
