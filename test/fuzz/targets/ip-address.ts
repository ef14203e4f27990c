import { isIP } from "node:net";

import { classifyAddress } from "@troupe/protocol/address";

import { numericHost } from "../../../packages/actor-runtime/src/io/network/address.ts";
import { formatIp, parseIp } from "../../../packages/protocol/src/address/ip-address.ts";
import { bytesMutator, bytesOf } from "../engine/mutate-bytes.ts";
import { textMutator, textOf } from "../engine/mutate-text.ts";
import { hold, sameBytes } from "../engine/oracle.ts";
import type { FuzzTarget } from "../engine/target.ts";

/** Parts that addresses are made of. */
export const addressWords: readonly string[] = [
  ..."0|00|1|255|256|ffff|10.|127.0.0.1|169.254.169.254|192.168.|::|:|::1|::ffff:|64:ff9b::|2002:".split(
    "|",
  ),
  ..."fe80::|ff02::1|%eth0|%|.|0x7f|1e3| 1|FFFF|100.64.|2002:7f00:1::|::ffff:0:0|:0:0:0|[|]".split(
    "|",
  ),
];

/** Addresses as text. */
export const ipAddress: FuzzTarget = {
  name: "ip-address",
  oracle:
    "read as the system reads it, written in one form only; an IPv4 address has the same class inside an IPv6 one",
  sources: ["protocol/src/address/", "io/network/address"],
  seeds: () =>
    ["192.0.2.1", "2001:db8::1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "fe80::1%eth0", "::"].map(
      bytesOf,
    ),
  mutate: (input, means) =>
    (means.random.oneIn(3) ? bytesMutator([]) : textMutator(addressWords))(input, means),
  maxBytes: 64,
  run(input) {
    const text = textOf(input);
    const bytes = parseIp(text);
    const family = text.includes("%") ? 0 : isIP(text);
    hold(
      (bytes?.length ?? 0) === (family === 0 ? 0 : family === 4 ? 4 : 16),
      () => `the system reads otherwise: ${JSON.stringify(text)}`,
    );
    const kind = classifyAddress(text);
    hold(family !== 0 || text.includes("%") || kind === "refused", () => `${text} is ${kind}`);
    for (const prefix of family === 4 ? ["::ffff:", "64:ff9b::"] : []) {
      hold(classifyAddress(prefix + text) === kind, () => `${prefix}${text} is not ${kind}`);
    }
    hold(isIP(numericHost(text)) !== 0 || isIP(text) === 0, "no address any more");
    if (bytes === undefined) return;
    const written = formatIp(bytes);
    const again = parseIp(written);
    hold(again !== undefined && formatIp(again) === written, "written otherwise the second time");
    hold(again.length === 4 || sameBytes(again, bytes), "another address");
  },
};
