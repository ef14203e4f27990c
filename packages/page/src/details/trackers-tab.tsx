// The trackers of a torrent by tiers, its web seeds, and its place in the DHT.

import type { CommandResults } from "@troupe/control/commands";
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { ask, run } from "../api/commands.ts";
import { answered, type Failure, type Result } from "../api/result.ts";
import type { ListRow } from "../events/list-row.ts";
import { FailureLine } from "../frame/failure-line.tsx";
import { announce } from "../frame/live-region.tsx";
import { ScrolledTable } from "../frame/scrolled-table.tsx";
import { PolledState } from "../polling/polled-state.tsx";
import { usePolled } from "../polling/use-polled.ts";
import { mayControl } from "../state/session.ts";
import { cleaned, shown } from "../text/shown.ts";
import { texts } from "../text/text.ts";

const periodMs = 3_000;

type Tracker = CommandResults["tiers"][number]["trackers"][number];

interface Sources {
  readonly tiers: CommandResults["tiers"];
  readonly webSeeds: CommandResults["web-seeds"];
  readonly swarm: CommandResults["swarm"] | undefined;
}

/** Where peers come from. */
export function TrackersTab({ row: { torrent } }: { readonly row: ListRow }): VNode {
  const polled = usePolled(torrent, (signal) => askSources(torrent, signal), periodMs);
  const { value } = polled;
  return (
    <>
      <PolledState polled={polled} />
      {value !== undefined && (
        <>
          <Trackers tiers={value.tiers} />
          {mayControl.value && value.tiers.length > 0 && (
            <AnnounceNow torrent={torrent} done={polled.again} />
          )}
          <WebSeeds webSeeds={value.webSeeds} />
          <Dht swarm={value.swarm} />
        </>
      )}
    </>
  );
}

function Trackers({ tiers }: Pick<Sources, "tiers">): VNode {
  const { details } = texts;
  if (tiers.length === 0) return <p>{details.noTrackers}</p>;
  const titles = [
    ...[details.tracker, details.tier, details.trackerState, details.nextAnnounce],
    ...[details.seeds, details.leechers, details.peersGiven],
  ];
  const trackers = tiers.flatMap(({ trackers: each }) => each);
  return (
    <ScrolledTable label={details.scrollTrackers} titles={titles}>
      {trackers.map((tracker) => (
        <TrackerRow key={`${tracker.tier} ${tracker.url}`} tracker={tracker} />
      ))}
    </ScrolledTable>
  );
}

function TrackerRow({ tracker }: { readonly tracker: Tracker }): VNode {
  const { complete, incomplete, nextInSeconds, peers, tier, url } = tracker;
  const count = (value: number | undefined): string =>
    value === undefined ? "" : shown.count(value);
  return (
    <tr>
      <th scope="row" class="address" translate={false}>
        {cleaned(url)}
      </th>
      <td class="figure">{shown.count(tier + 1)}</td>
      <td>
        <TrackerState tracker={tracker} />
      </td>
      <td>{nextInSeconds !== undefined && texts.details.inTime(shown.duration(nextInSeconds))}</td>
      <td class="figure">{count(complete)}</td>
      <td class="figure">{count(incomplete)}</td>
      <td class="figure">{shown.count(peers)}</td>
    </tr>
  );
}

function TrackerState({ tracker }: { readonly tracker: Tracker }): VNode {
  const { error, failures, isWorking } = tracker;
  const { details } = texts;
  if (isWorking) return <span class="good">{details.works}</span>;
  if (failures === 0 && error === undefined) return <span>{details.waits}</span>;
  const words = details.fails(failures, shown.count(failures));
  return (
    <>
      <span class="bad">{words}</span>
      {error !== undefined && (
        <span class="sentence" translate={false}>
          {cleaned(error)}
        </span>
      )}
    </>
  );
}

function AnnounceNow({
  done,
  torrent,
}: {
  readonly done: () => void;
  readonly torrent: string;
}): VNode {
  const [failure, setFailure] = useState<Failure>();
  const ask = async (): Promise<void> => {
    const answer = await run("announce", { torrent });
    setFailure(answer.kind === "failure" ? answer.failure : undefined);
    if (answer.kind === "answer") announce(texts.details.announced);
    done();
  };
  return (
    <div class="act-line">
      <button type="button" class="quiet" onClick={() => void ask()}>
        {texts.details.announce}
      </button>
      <FailureLine failure={failure} />
    </div>
  );
}

function WebSeeds({ webSeeds }: Pick<Sources, "webSeeds">): VNode | null {
  const { details } = texts;
  if (webSeeds.length === 0) return null;
  const titles = [details.webSeeds, details.trackerState, details.down, details.downBytes];
  return (
    <section>
      <h2>{details.webSeeds}</h2>
      <ScrolledTable label={details.scrollWebSeeds} titles={titles}>
        {webSeeds.map(({ downBytesPerSecond, downloadedBytes, error, state, url }) => (
          <tr key={url}>
            <th scope="row" class="address" translate={false}>
              {cleaned(url)}
            </th>
            <td>
              {details.webSeedStates[state]}
              {error !== undefined && (
                <span class="sentence" translate={false}>
                  {cleaned(error.message)}
                </span>
              )}
            </td>
            <td class="figure">{shown.rate(downBytesPerSecond)}</td>
            <td class="figure">{shown.size(downloadedBytes)}</td>
          </tr>
        ))}
      </ScrolledTable>
    </section>
  );
}

function Dht({ swarm }: Pick<Sources, "swarm">): VNode | null {
  const dht = swarm?.dht;
  if (dht === undefined) return null;
  const { nodes, peers } = dht;
  return (
    <section>
      <h2>{texts.details.dht}</h2>
      <p>{texts.details.dhtOf(shown.count(nodes), shown.count(peers ?? 0))}</p>
    </section>
  );
}

async function askSources(torrent: string, signal: AbortSignal): Promise<Result<Sources>> {
  const [tiers, webSeeds, swarm] = await Promise.all([
    ask("tiers", torrent, signal),
    ask("web-seeds", torrent, signal),
    ask("swarm", torrent, signal),
  ]);
  if (tiers.kind === "failure") return tiers;
  if (webSeeds.kind === "failure") return webSeeds;
  return answered({
    tiers: tiers.value,
    webSeeds: webSeeds.value,
    swarm: swarm.kind === "answer" ? swarm.value : undefined,
  });
}
