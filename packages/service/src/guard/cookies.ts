/** Characters of a field `Cookie` that are read; the head of a request is bounded above it. */
const longestField = 16_384;
/** Values of one name that are looked at: other sites of the same host may set more. */
const mostValues = 8;

/** A cookie of the page: `SameSite=Strict`, `HttpOnly`. */
interface OwnCookie {
  readonly name: string;
  /** Base64url; empty to remove it. */
  readonly value: string;
  /** The base path of the page, from `/`. */
  readonly path: string;
  /** The caller's connection is TLS: the cookie is sent over TLS only. */
  readonly isSecure: boolean;
  /** 0 removes it. */
  readonly maxAgeSeconds: number;
}

/** Cookies are shared by all ports of a host, so the name has the port. */
export function pageCookieName(port: number): string {
  return `troupe-session-${port}`;
}

/** The name that programs of the qBittorrent dialect know. */
export const dialectCookieName = "SID";

/** @returns The values of a cookie in the order of the field; two where another site of the host has set it, too. */
export function cookieValues(field: string | undefined, name: string): readonly string[] {
  const values: string[] = [];
  for (const part of (field ?? "").slice(0, longestField).split(";")) {
    const equals = part.indexOf("=");
    if (equals < 0 || part.slice(0, equals).trim() !== name) continue;
    values.push(unquoted(part.slice(equals + 1).trim()));
    if (values.length === mostValues) break;
  }
  return values;
}

/** The value of a field `Set-Cookie` (RFC 6265). */
export function serialiseCookie(cookie: OwnCookie): string {
  const { name, value, path, isSecure, maxAgeSeconds } = cookie;
  if (!/^[\w-]+$/.test(name) || !/^[\w-]*$/.test(value) || !/^\/[\w./~-]*$/.test(path)) {
    throw new Error(`bug: a cookie ${name} with a path of ${path.length} characters`);
  }
  const secure = isSecure ? "; Secure" : "";
  return `${name}=${value}; Path=${path}; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Strict${secure}`;
}

function unquoted(value: string): string {
  return value.length >= 2 && value.startsWith('"') && value.endsWith('"')
    ? value.slice(1, -1)
    : value;
}
