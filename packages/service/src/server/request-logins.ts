import { TroupeError } from "@troupe/control";
import { dialectCookieName, serialiseCookie, cookieValues } from "../guard/cookies.ts";
import { isRefusal, type Refusal } from "../guard/refusal.ts";
import type { RequestLogins } from "../routes/route.ts";
import type { AdmittedRequest } from "./admit-request.ts";
import type { Credentials } from "./guard.ts";

/** A login session ends after 30 days without a call, and its cookie with it. */
const cookieSeconds = 30 * 86_400;

/** Logins of one request. @param basePath The path of the cookie, without its last `/`. */
export function requestLogins(
  credentials: Credentials | undefined,
  { addressKey, isSecure }: AdmittedRequest,
  request: { readonly cookie: string | undefined; readonly basePath: string },
): RequestLogins {
  const path = `${request.basePath}/`;
  const cookie = (value: string, maxAgeSeconds: number): string =>
    serialiseCookie({ name: dialectCookieName, value, path, isSecure, maxAgeSeconds });
  return {
    login: async (user, password) => {
      // Without passwords every login is right.
      if (credentials === undefined) return cookie("", cookieSeconds);
      const proof = await credentials.passwords.check(addressKey, { user, password });
      if (isRefusal(proof)) return loginRefused(proof);
      credentials.know(addressKey);
      const text = credentials.sessions.open(proof, "dialect");
      return isRefusal(text) ? loginRefused(text) : cookie(text, cookieSeconds);
    },
    logout: () => {
      for (const text of cookieValues(request.cookie, dialectCookieName)) {
        const session = credentials?.sessions.use(text, "dialect");
        if (session !== undefined) credentials?.sessions.end(session.id);
      }
      return cookie("", 0);
    },
  };
}

/** A wrong password is an answer; a delay is an error of the call. */
function loginRefused({ refused, status, message, retryAfterSeconds }: Refusal): undefined {
  if (status === 401) return undefined;
  const details = retryAfterSeconds === undefined ? {} : { retryAfterSeconds };
  throw new TroupeError(status === 429 ? "too-many-guesses" : refused, message, { details });
}
