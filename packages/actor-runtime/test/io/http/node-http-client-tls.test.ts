// HTTPS servers with certificates of test/fixtures/certificates. The test trusts one authority, and the environment asks
// Node not to check certificates.

import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { setDefaultCACertificates } from "node:tls";

import test from "ava";

import { NodeHttp } from "../../../src/io/http/node-http.ts";

const fixtures = new URL("../../../../../test/fixtures/certificates/", import.meta.url);
const pem = (name: string): string => readFileSync(new URL(`${name}.pem`, fixtures), "utf8");

setDefaultCACertificates([pem("authority")]);
process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0";

const fetches = test.macro<[certificate: string, text: string, message: RegExp | undefined]>({
  exec: async (t, certificate, text, message) => {
    let connections = 0;
    const server = createServer({ key: pem("key"), cert: pem(certificate) }, (_, response) => {
      response.end("secret text");
    }).on("secureConnection", () => connections++);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    t.teardown(() => void server.close());
    const client = await new NodeHttp().openClient({ allow: "any", maxConnections: 2 });
    t.teardown(() => client.close());
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const request = { headDeadlineMs: 20_000, maxBodyBytes: 100 };
    for (let turn = 0; turn < 2; turn++) {
      let seen = "";
      const closed = Promise.withResolvers<Error | undefined>();
      client.open(url, request, {
        head: () => {},
        bytes: (chunk) => (seen += Buffer.from(chunk).toString()),
        closed: closed.resolve,
      });
      // The second exchange uses the connection of the first. oxlint-disable-next-line no-await-in-loop
      const error = await closed.promise;
      t.is(seen, text);
      if (message === undefined) t.is(error, undefined);
      else t.regex(error?.message ?? "", message);
    }
    if (message === undefined) t.is(connections, 1);
  },
  title: (_, certificate, text) =>
    `a server with a certificate that is ${certificate} is ${text === "" ? "refused" : "read"}`,
});

test(fetches, "right", "secret text", undefined);
test(fetches, "self-signed", "", /self-signed certificate/);
test(fetches, "expired", "", /certificate has expired/);
test(fetches, "wrong-host", "", /not in the cert's list/);
