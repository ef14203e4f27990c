import test from "ava";
import { systemError, type ProxyRule } from "@troupe/actor-runtime";
import { settle } from "@troupe/actor-runtime/testing";
import { ProxyLimits } from "../../../src/engine/base/proxy-limits.ts";

const rule: ProxyRule = {
  protocol: "socks5",
  host: "proxy.example",
  port: 1_080,
  login: { user: "ann", password: "secret" },
  use: "all",
};

/** The warnings of two torrents, and the log, behind a proxy whose datagrams are refused with this code. */
async function told(code?: string): Promise<{ warnings: unknown[]; logged: unknown[] }> {
  const [warnings, logged]: [unknown[], unknown[]] = [[], []];
  let isClosed = false;
  const limits = new ProxyLimits(
    {
      fail: (error) => void warnings.push(error),
      log: (...line) => void logged.push(line),
      datagrams: {
        bind: async (address) => {
          if (code !== undefined) throw systemError(code, "refused");
          return { address, send: () => undefined, close: () => void (isClosed = true) };
        },
      },
    },
    rule,
  );
  const outbox = { emit: (event: unknown) => void warnings.push(event) };
  limits.tell(outbox);
  limits.tell(outbox);
  await settle();
  if (code === undefined && !isClosed) throw new Error("the probe is open");
  return { warnings, logged };
}

test("D06: the first torrent is told what a proxy turns off, without the login", async (t) => {
  const { warnings, logged } = await told();
  t.deepEqual(warnings, [
    {
      event: "warning",
      code: "proxy-limits",
      message:
        "behind the proxy socks5://proxy.example:1080 there are no incoming connections over TCP, no local discovery and no port mapping",
    },
  ]);
  t.is(logged.length, 1);
  t.false(JSON.stringify(logged).includes("secret"));
});

test("D06: without UDP the warning says so, and why", async (t) => {
  for (const [code, why] of [
    ["proxy-no-udp", "the proxy carries no UDP"],
    ["proxy-refused", "the proxy refuses it"],
    ["proxy-login", "the proxy refuses the login"],
  ] as const) {
    const { warnings } = await told(code);
    const [{ message }] = warnings as [{ readonly message: string }];
    t.true(message.endsWith(`and no UDP: no uTP, no DHT, and no UDP trackers (${why})`), message);
  }
});
