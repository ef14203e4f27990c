import { addressKey } from "@troupe/protocol/address";
import { formatCount, formatElapsed } from "../../display/units.ts";
import type { DhtRound } from "../../engine-port.ts";
import { CommandError, type ExitCodeValue } from "../../failure.ts";
import { jsonLine } from "../../output/json-line.ts";
import { followQuest } from "./follow-quest.ts";
import type { DhtSession } from "./dht-session.ts";

/** `troupe dht get-peers`: a line for each peer, as it is found. */
export async function getPeers(session: DhtSession, infoHash: string): Promise<ExitCodeValue> {
  const { reporter } = session.run;
  return await followQuest(session, (options) => session.node.getPeers(infoHash, options), {
    found: ({ host, port }) => {
      const address = addressKey(host, port);
      reporter.result({ text: address, line: jsonLine("dht-peer", infoHash, { address }) });
    },
    roundEnded: (round) => {
      const text = `${formatCount(round.peers, "peer")} from ${roundText(round)}`;
      reporter.remark({ text, line: roundLine(round, infoHash) });
    },
  });
}

/** `troupe dht find-node`: the nodes nearest to an id, of each address family. */
export async function findNode(session: DhtSession, id: string): Promise<ExitCodeValue> {
  const { reporter } = session.run;
  return await followQuest(session, (options) => session.node.findNode(id, options), {
    found: () => {},
    roundEnded: (round) => {
      for (const node of round.nearest) {
        const address = addressKey(node.host, node.port);
        const line = jsonLine("dht-node", null, { id: node.id, address });
        reporter.result({ text: `${node.id} ${address}`, line });
      }
      const text = `the nearest of ${roundText(round)}`;
      reporter.remark({ text, line: roundLine(round, null) });
    },
  });
}

/** `troupe dht announce`: names us as a peer of a torrent. */
export async function announce(
  session: DhtSession,
  infoHash: string,
  port: number,
): Promise<ExitCodeValue> {
  const { reporter } = session.run;
  return await followQuest(
    session,
    (options) => session.node.announcePeer(infoHash, port, options),
    {
      found: () => {},
      roundEnded: (round) => {
        const { stored, peers } = round;
        if (stored === 0 && !session.repeats) throw notAnnounced(round);
        const nodes = formatCount(stored, "node");
        const text = `announced port ${port} to ${nodes}; they name ${formatCount(peers, "peer")}`;
        const fields = { port, nodes: stored, peers };
        reporter.result({ text, line: jsonLine("dht-announced", infoHash, fields) });
      },
    },
  );
}

/** A round as an event of `--json`. */
function roundLine(round: DhtRound, infoHash: string | null) {
  const { asked, answered, peers, stored, tookMs } = round;
  const fields = { asked, answered, peers, stored, seconds: Math.round(tookMs) / 1_000 };
  return jsonLine("dht-round", infoHash, fields);
}

/** `52 nodes in 3.2 s`. */
function roundText({ answered, tookMs }: DhtRound): string {
  return `${formatCount(answered, "node")} in ${formatElapsed(tookMs / 1_000)}`;
}

function notAnnounced({ answered, refusal }: DhtRound): CommandError {
  const reason = refusal === undefined ? "" : `: ${refusal.message} (${refusal.code})`;
  const message = `none of ${formatCount(answered, "node")} accepted the announce${reason}`;
  return new CommandError("dht-not-announced", message);
}
