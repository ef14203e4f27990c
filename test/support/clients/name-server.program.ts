// A name server at port 53 of an address. The first two characters of a name choose how it answers: `t-` over TCP alone.
//
// node name-server.program.ts HOST NAME=ADDRESS …

import { nodePorts } from "@troupe/actor-runtime";
import { ScriptedNameServer } from "@troupe/actor-runtime/testing";
import type { DnsQuestion } from "@troupe/protocol/dns";
import type { DnsReplyParts } from "@troupe/protocol/testing";

const [host = "", ...entries] = process.argv.slice(2);
const addresses = new Map(entries.map((entry) => entry.split("=") as [string, string]));

function reply({ family, name }: DnsQuestion): DnsReplyParts {
  const address = addresses.get(name);
  if (address === undefined) return { code: 3 };
  return family === 4 ? { answers: [{ name, family, address }] } : {};
}

await ScriptedNameServer.listen(
  nodePorts(),
  { host, port: 53 },
  {
    udp(question) {
      console.log(`udp ${question.name}`);
      return question.name.startsWith("t-") ? { isTruncated: true } : reply(question);
    },
    tcp(question) {
      console.log(`tcp ${question.name}`);
      return reply(question);
    },
  },
);
console.log("ready");
