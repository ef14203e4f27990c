/** Names of local networks (RFC 6761, 6762, 8375 and common routers). */
const localEndings = [".localhost", ".local", ".lan", ".home", ".home.arpa", ".internal"];

/** Whether a name is one of a local network, which the internet does not know. */
export function isNameOfLocalNetwork(hostname: string): boolean {
  const name = hostname.toLowerCase().replace(/\.$/u, "");
  return !name.includes(".") || localEndings.some((ending) => name.endsWith(ending));
}
