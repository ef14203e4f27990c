// The connected peers of a torrent.

import type { CommandResults } from "@troupe/control/commands";
import { addressKey } from "@troupe/protocol/address";
import type { VNode } from "preact";
import { ask } from "../api/commands.ts";
import type { ListRow } from "../events/list-row.ts";
import { ScrolledTable } from "../frame/scrolled-table.tsx";
import { PolledState } from "../polling/polled-state.tsx";
import { usePolled } from "../polling/use-polled.ts";
import { cleaned, shown } from "../text/shown.ts";
import { texts } from "../text/text.ts";

const periodMs = 2_000;

type Peer = CommandResults["peers"][number];

/** The peers, the fastest first. */
export function PeersTab({ row: { torrent } }: { readonly row: ListRow }): VNode {
  const polled = usePolled(torrent, (signal) => ask("peers", torrent, signal), periodMs);
  const { details } = texts;
  const titles = [
    ...[details.address, details.client, details.has, details.down, details.up],
    ...[details.downBytes, details.upBytes, details.peerState, details.connection],
  ];
  const peers = polled.value?.toSorted((one, other) => rateOf(other) - rateOf(one)) ?? [];
  return (
    <>
      <PolledState polled={polled} />
      {polled.value?.length === 0 && <p>{details.noPeers}</p>}
      {peers.length > 0 && (
        <ScrolledTable label={details.scrollPeers} titles={titles}>
          {peers.map((peer) => (
            <PeerRow key={`${peer.host} ${peer.port} ${peer.isIncoming}`} peer={peer} />
          ))}
        </ScrolledTable>
      )}
    </>
  );
}

function PeerRow({ peer }: { readonly peer: Peer }): VNode {
  const { client, downBytesPerSecond, downloadedBytes, haveShare, host, port } = peer;
  return (
    <tr>
      <th scope="row" class="address" translate={false}>
        {cleaned(addressKey(host, port))}
      </th>
      <td translate={false}>{cleaned(client)}</td>
      <td class="figure">{shown.share(haveShare)}</td>
      <td class="figure">{shown.rate(downBytesPerSecond)}</td>
      <td class="figure">{shown.rate(peer.upBytesPerSecond)}</td>
      <td class="figure">{shown.size(downloadedBytes)}</td>
      <td class="figure">{shown.size(peer.uploadedBytes)}</td>
      <td>{stateOf(peer)}</td>
      <td>{connectionOf(peer)}</td>
    </tr>
  );
}

function rateOf({ downBytesPerSecond, upBytesPerSecond }: Peer): number {
  return downBytesPerSecond + upBytesPerSecond;
}

function stateOf(peer: Peer): string {
  const { details } = texts;
  const words = [
    peer.haveShare === 1 ? details.seed : "",
    peer.amInterested ? (peer.amChokedByPeer ? details.chokesUs : details.sendingToUs) : "",
    peer.isSnubbed ? details.snubbed : "",
    peer.isPeerInterested && !peer.isPeerChoked ? details.gettingFromUs : "",
  ];
  return words.filter(Boolean).join(", ");
}

function connectionOf({ encryption, isIncoming, transport }: Peer): string {
  const { details } = texts;
  const direction = isIncoming ? details.incoming : details.outgoing;
  const cipher = encryption === "none" ? details.plain : details.encrypted;
  return [details.transports[transport], direction, cipher].join(", ");
}
