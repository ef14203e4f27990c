import { isIP } from "node:net";

import { codeOf } from "@troupe/actor-runtime";
import { classifyAddress } from "@troupe/protocol/address";

import { parseHosts } from "../../../packages/actor-runtime/src/io/network/hosts-file.ts";
import { Resolver } from "../../../packages/actor-runtime/src/io/network/resolver.ts";
import { allowedAddresses } from "../../../packages/actor-runtime/src/io/http/http-policy.ts";
import { bytesOf } from "../engine/mutate-bytes.ts";
import { textMutator, textOf } from "../engine/mutate-text.ts";
import { hold } from "../engine/oracle.ts";
import type { FuzzTarget } from "../engine/target.ts";
import { addressWords } from "./ip-address.ts";

/** Ends as names do that only a local network gives out. */
function isLocalName(name: string): boolean {
  return /\.(localhost|local|lan|home|home\.arpa|internal)\.?$/iu.test(name);
}

const isPublic = (host: string): boolean => classifyAddress(host) === "internet";

/** The hosts file, and answers of name servers of the same addresses: the first name of the text is looked up. */
export const hostsFile: FuzzTarget = {
  name: "hosts-file",
  oracle:
    "only addresses come out, at most eight of each family; a public host never leads to a local address",
  sources: [
    "io/network/hosts-file",
    "io/network/resolver",
    "io/http/http-policy",
    "protocol/src/address/",
  ],
  seeds: () => [
    bytesOf("127.0.0.1 localhost me # self\n::1 localhost ip6-localhost\n"),
    bytesOf("name.example\n10.0.0.1 a b c\nfe80::1%lo0 link\n8.8.8.8 name.example"),
  ],
  mutate: textMutator([
    ...addressWords,
    "\n",
    " ",
    "\t",
    "#",
    "\r\n",
    "name",
    "name.example",
    ".local",
    ".localhost",
    "__proto__",
  ]),
  async run(input) {
    const text = textOf(input);
    const table = parseHosts(text);
    for (const addresses of table.values()) {
      for (const host of addresses) hold(isIP(host) !== 0, () => `no address: ${host}`);
    }
    const answers = [...table.values()].flat();
    const name = text.split(/\s/u, 1)[0] ?? "";
    for (const hosts of [table, new Map<string, readonly string[]>()]) {
      const resolver = new Resolver({
        readHosts: () => hosts,
        openServers: () => (_name, family) =>
          Promise.resolve(answers.filter((host) => isIP(host) === family)),
      });
      const resolved = await resolver.resolve(name).catch((error: unknown) => {
        const code = codeOf(error);
        hold(code === "ENOTFOUND", () => `another error: ${String(error)}`);
        return undefined;
      });
      if (resolved === undefined) continue;
      hold(resolved.addresses.length >= 1 && resolved.addresses.length <= 16, "too many addresses");
      hold(
        resolved.addresses.every((host) => isIP(host) !== 0),
        "no address",
      );
      const { addresses } = allowedAddresses(name, resolved, { fromPublic: true });
      hold(
        addresses.every((host) => isPublic(host)),
        "a public host leads to a local one",
      );
      const first = allowedAddresses(name, resolved, { fromPublic: false });
      const isOwn = resolved.source !== "dns" || !name.replace(/\.$/u, "").includes(".");
      hold(
        isOwn || isLocalName(name) || first.addresses.every((host) => isPublic(host)),
        "a name that its owner points at us",
      );
      hold(first.fromPublic === first.addresses.some((host) => isPublic(host)), "not public");
    }
  },
};
