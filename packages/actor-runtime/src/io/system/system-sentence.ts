import { systemModule } from "./system-module.ts";

/** `EROFS: read-only file system, access '/ro'`. */
const fileError = /^E[A-Z0-9]+: (.+?)(?:, [a-z0-9_]+(?: '.*)?)?$/s;

/**
 * The words of a system error, without Node's code, call and path.
 * @returns `read-only file system` for `EROFS: read-only file system, access '/ro'`, `connection refused` for `connect
 *   ECONNREFUSED 127.0.0.1:80`; other messages unchanged; of several errors the first.
 */
export function systemSentence(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) {
    return systemSentence(error.errors[0]);
  }
  if (!(error instanceof Error)) return String(error);
  const { errno } = error as NodeJS.ErrnoException;
  return wordsOf(errno) ?? fileError.exec(error.message)?.[1] ?? error.message;
}

/** Words of the codes of proxies. */
const proxyWords: ReadonlyMap<string, string> = new Map([
  ["dial-timeout", "the proxy does not answer in time"],
  ["proxy-login", "the proxy refuses the login"],
  ["proxy-malformed", "the proxy sends what is not a reply"],
  ["proxy-no-udp", "the proxy carries no UDP"],
  ["proxy-refused", "the proxy refuses it"],
  ["proxy-unreachable", "the proxy cannot be reached"],
]);

/**
 * @returns `address already in use` for `EADDRINUSE`, `the proxy carries no UDP` for `proxy-no-udp`; another code
 *   unchanged.
 */
export function systemWords(code: string): string {
  const words = proxyWords.get(code);
  if (words !== undefined) return words;
  for (const [name, words] of systemModule("node:util").getSystemErrorMap().values()) {
    if (name === code) return words;
  }
  return code;
}

function wordsOf(errno: number | undefined): string | undefined {
  if (errno === undefined) return undefined;
  return systemModule("node:util").getSystemErrorMap().get(errno)?.[1];
}
