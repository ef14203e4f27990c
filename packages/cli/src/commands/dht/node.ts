import { addressKey } from "@troupe/protocol/address";
import { formatCount } from "../../display/units.ts";
import type { DhtNodeStatus } from "../../engine-port.ts";
import type { ExitCodeValue } from "../../failure.ts";
import { jsonLine } from "../../output/json-line.ts";
import { dhtSentence } from "../../report/sentences.ts";
import { whenStopRequested } from "../torrent-end.ts";
import { showStatus } from "./follow-quest.ts";
import { endOf, noNodes, type DhtSession } from "./dht-session.ts";

const statusPeriodMs = 1_000;

/** `troupe dht ping`. */
export async function pingNode(
  session: DhtSession,
  host: string,
  port: number,
): Promise<ExitCodeValue> {
  const { run, node } = session;
  const answer = await node.ping(host, port, { signal: run.environment.stop });
  const address = addressKey(answer.host, answer.port);
  const milliseconds = Math.ceil(answer.tookMs);
  const { id, version = null } = answer;
  run.reporter.result({
    text: `${address} has the id ${id} and answered in ${milliseconds} ms`,
    line: jsonLine("dht-pong", null, { address, id, milliseconds, version }),
  });
  return endOf(session);
}

/** `troupe dht buckets`: the routing tables after a look-up of our own id, which fills them. */
export async function showBuckets(session: DhtSession): Promise<ExitCodeValue> {
  const { run, node } = session;
  const signal = run.environment.stop;
  const { families } = await node.status({ signal });
  const [own] = families;
  if (own === undefined) throw noNodes();
  const quest = node.findNode(own.id, { repeat: false, signal });
  using _status = showStatus(session, quest);
  const round = await quest.round().catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
  if (round === undefined) return endOf(session);
  if (round.answered === 0) throw noNodes();
  for (const { family } of families) {
    // In order. oxlint-disable-next-line no-await-in-loop
    const [text, table] = await Promise.all([node.bucketsText(family), node.buckets(family)]);
    if (text === undefined || table === undefined) continue;
    const line = jsonLine("dht-buckets", null, table);
    run.reporter.result({ text: `IPv${family}\n${text}`, line });
  }
  return endOf(session);
}

/** `troupe dht run`: answers other nodes until it is stopped. */
export async function runNode(session: DhtSession): Promise<ExitCodeValue> {
  const { run, node } = session;
  const { environment, reporter } = run;
  const sentence = dhtSentence(node.ports) ?? "DHT without a socket";
  reporter.remark({
    text: sentence,
    line: jsonLine("dht", null, node.ports),
  });
  const show = async (): Promise<void> => {
    // A crashed node answers again after its restart.
    const status = await node.status().catch(() => undefined);
    if (status === undefined) return;
    reporter.status(`${sentence}: ${statusText(status)}`);
    reporter.record(jsonLine("dht-status", null, status));
  };
  using _clock = environment.every(statusPeriodMs, () => void show());
  await whenStopRequested(environment.stop);
  return endOf(session);
}

function statusText({ families, peers, items }: DhtNodeStatus): string {
  const nodes = families.map(({ family, nodes: count, state }) => {
    const text = formatCount(count, `IPv${family} node`);
    return state === "running" ? text : `${text} (${state})`;
  });
  const kept = `keeps ${formatCount(peers, "peer")}, ${formatCount(items, "item")}`;
  return [...nodes, kept].join(", ");
}
