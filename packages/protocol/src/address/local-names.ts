/** Names of local networks (RFC 6761, 6762, 8375 and common routers). */
const localEndings = [".localhost", ".local", ".lan", ".home", ".home.arpa", ".internal"];

/** Whether a name is one of a local network, which the internet does not know. */
export function isNameOfLocalNetwork(hostname: string): boolean {
  const name = hostname.toLowerCase().replace(/\.$/u, "");
  return !name.includes(".") || localEndings.some((ending) => name.endsWith(ending));
}

/** The last part of a name that resolvers may read as a number of an address, like `127.1` or `0x7f.1`. */
const numericEnd = /(?:^|\.)(?:\d+|0x[\da-f]*)$/i;

/** Whether a text is a name that the internet's DNS may know: neither an address nor a name of a local network. */
export function isNameOfInternet(host: string): boolean {
  const name = host.toLowerCase().replace(/\.$/u, "");
  return !name.includes(":") && !numericEnd.test(name) && !isNameOfLocalNetwork(name);
}
