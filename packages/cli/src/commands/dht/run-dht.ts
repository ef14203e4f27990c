import { join } from "node:path";
import type { InvocationOf } from "../../arguments/parse-arguments.ts";
import type { DhtStartOptions } from "../../engine-port.ts";
import type { ExitCodeValue } from "../../failure.ts";
import { placedOptions, stateFolder } from "../../source.ts";
import type { Environment } from "../../environment.ts";
import { withEngines } from "../engine-run.ts";
import type { DhtSession } from "./dht-session.ts";
import { getItem, putItem } from "./items.ts";
import { announce, findNode, getPeers } from "./look-ups.ts";
import { pingNode, runNode, showBuckets } from "./node.ts";

/** In the state folder. */
const stateFile = "dht-nodes.json";

/** `troupe dht`: a node of the DHT without an engine, for one task or until it is stopped. */
export async function runDht(
  invocation: InvocationOf<"dht">,
  environment: Environment,
): Promise<ExitCodeValue> {
  return await withEngines(invocation, environment, async (run) => {
    const node = await run.startDht(nodeOptions(invocation, environment));
    return await perform(invocation.task, { run, node, repeats: invocation.repeats });
  });
}

function nodeOptions(invocation: InvocationOf<"dht">, environment: Environment): DhtStartOptions {
  const { engine, nodes: bootstrap, isReadOnly: readOnly, useRouters, limits } = invocation;
  const { port, bind, ipFilter } = placedOptions(engine, environment);
  const folder = stateFolder(engine.stateDirectory, environment);
  return {
    ...(port !== undefined && { port }),
    ...(bind !== undefined && { bind }),
    ...(ipFilter !== undefined && { ipFilter }),
    bootstrap,
    readOnly,
    limits,
    ...(!useRouters && { routers: [] }),
    ...(folder !== undefined && { stateFile: join(folder, stateFile) }),
  };
}

async function perform(
  task: InvocationOf<"dht">["task"],
  session: DhtSession,
): Promise<ExitCodeValue> {
  switch (task.call) {
    case "get-peers":
      return await getPeers(session, task.infoHash);
    case "find-node":
      return await findNode(session, task.id);
    case "announce":
      return await announce(session, task.infoHash, task.port);
    case "ping":
      return await pingNode(session, task.host, task.port);
    case "buckets":
      return await showBuckets(session);
    case "put":
      return await putItem(session, task);
    case "get":
      return await getItem(session, task);
    case "run":
      return await runNode(session);
  }
}
