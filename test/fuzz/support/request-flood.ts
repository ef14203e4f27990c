// A service under random requests at its real parser, and what must hold for each.

import { connect } from "node:net";
import { everyRoute } from "../../support/service/every-route.ts";
import { missingFields, parseResponse } from "../../support/service/raw-request.ts";
import { httpRestarts, Served } from "../../support/service/served.ts";
import { Random } from "../engine/random.ts";
import { RandomRequests, type RandomRequest } from "./random-requests.ts";

/** Connections at once: below the bound of one address. */
const lanes = 16;
/** Findings kept. */
const mostFindings = 20;

/** The results of a flood. */
export interface RequestFlood {
  readonly sent: number;
  /** By the first digit of the status; 0: no response. */
  readonly answers: Readonly<Record<number, number>>;
  readonly findings: readonly string[];
  /** Restarts of the actor `http`. */
  readonly restarts: number;
  /** Resident memory at the end less that after a quarter of the requests. */
  readonly grownBytes: number;
}

/**
 * Sends requests, and closes the service. A crash of the actor `http` ends the flood.
 *
 * @param options The requests depend on `seed` alone.
 */
export async function floodRequests(options: {
  readonly seed: string;
  readonly requests: number;
  readonly progress?: (sent: number) => void;
}): Promise<RequestFlood> {
  await using served = await Served.open({ auth: false });
  const first = await served.ask("/transmission/rpc", { body: {} });
  const session = String(first.headers["x-transmission-session-id"]);
  const requests = new RandomRequests(new Random(options.seed), everyRoute(), session);
  const answers: Record<number, number> = {};
  const findings: string[] = [];
  let sent = 0;
  let quarterBytes = 0;
  const lane = async (): Promise<void> => {
    while (sent < options.requests && findings.length < mostFindings) {
      sent++;
      if (sent === Math.ceil(options.requests / 4)) quarterBytes = process.memoryUsage.rss();
      if (sent % 10_000 === 0) options.progress?.(sent);
      const request = requests.next();
      const got = await exchange(served.port, request);
      const kind = Math.trunc(parseResponse(got).status / 100);
      answers[kind] = (answers[kind] ?? 0) + 1;
      const fault = faultOf(request, got);
      if (fault !== undefined)
        findings.push(
          `${fault}: ${JSON.stringify(Buffer.from(request.bytes).toString("latin1")).slice(0, 600)}`,
        );
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  const grownBytes = process.memoryUsage.rss() - quarterBytes;
  return { sent, answers, findings, restarts: await httpRestarts(served), grownBytes };
}

function faultOf({ isWhole }: RandomRequest, got: string): string | undefined {
  const response = parseResponse(got);
  const { status } = response;
  if (status === 0) return isWhole ? "no response" : undefined;
  if (status === 500) return "a bug answered";
  const missing = missingFields(response);
  return missing.length > 0 ? `without ${missing.join(", ")}` : undefined;
}

/** Sends one request. @returns The bytes of the response; of a response without an end, those of its head. */
async function exchange(port: number, { bytes, isWhole }: RandomRequest): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  const { promise, resolve } = Promise.withResolvers<void>();
  let got = "";
  socket.setEncoding("latin1");
  socket.on("data", (text: string) => {
    got += text;
    if (/content-type: text\/event-stream/i.test(got)) socket.destroy();
  });
  socket.on("error", () => undefined);
  socket.on("close", () => resolve());
  // A request that lacks bytes is answered once the client has ended; Node answers no other one of such a client.
  if (isWhole) socket.write(bytes);
  else socket.end(bytes);
  await promise;
  return got;
}
