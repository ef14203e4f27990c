// DHT nodes without limits, as processes of their own, that know eight other nodes.

import { freePort } from "../programs/free-port.ts";
import { startProcess } from "../programs/process.ts";
import type { ReadyTarget } from "../../../packages/load-tester/src/generator/generator.messages.ts";
import { serverPath } from "../../../bench/dht/run.ts";

const neighbourCount = 8;

/** The nodes, by the words of `bench/dht`. */
export const dhtServers: readonly { readonly name: string; readonly command: readonly string[] }[] =
  [
    { name: "libtorrent", command: ["/usr/bin/python3", serverPath("libtorrent_node.py")] },
    { name: "ours", command: [process.execPath, serverPath("troupe.ts")] },
  ];

/** A running node. */
export interface RunningNode extends AsyncDisposable {
  readonly target: ReadyTarget;
}

/** Starts a node, and the nodes that it knows. */
export async function startDhtNode(command: readonly string[]): Promise<RunningNode> {
  await using started = new AsyncDisposableStack();
  const around = started.use(
    await startProcess([process.execPath, serverPath("neighbours.mjs"), String(neighbourCount)]),
  );
  await around.lineWhere("its sockets", isUp);
  const port = await freePort();
  const words = [...command, String(port), ...around.lines.slice(0, neighbourCount)];
  const node = started.use(await startProcess(words));
  await node.lineWhere("its socket", isUp);
  const target = { name: "node", kind: "dht", host: "127.0.0.1", port, url: undefined } as const;
  const processes = started.move();
  return { target, [Symbol.asyncDispose]: () => processes.disposeAsync() };
}

function isUp(line: string): true | undefined {
  return line === "up" || undefined;
}
