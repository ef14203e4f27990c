// The overview of a torrent: why it is not faster, its rates, its facts.

import type { CommandResults } from "@troupe/control/commands";
import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { ask } from "../api/commands.ts";
import { getResult } from "../api/request.ts";
import { answered, type Result } from "../api/result.ts";
import type { ListRow } from "../events/list-row.ts";
import type { RateLines } from "../graphs/history.ts";
import { RateFigure } from "../graphs/rate-figure.tsx";
import { RateSamples } from "../graphs/rate-samples.ts";
import { PolledState } from "../polling/polled-state.tsx";
import { usePolled } from "../polling/use-polled.ts";
import { cleaned, rateText } from "../text/shown.ts";
import { locale, texts } from "../text/text.ts";
import { FactList } from "./fact-list.tsx";
import { torrentFacts } from "./torrent-facts.ts";

const periodMs = 2_000;
const clock = new Intl.DateTimeFormat(locale, { timeStyle: "medium" });

type Torrent = CommandResults["status"];

interface Overview {
  readonly torrent: Torrent;
  readonly why: CommandResults["why"] | undefined;
}

/** The overview. */
export function OverviewTab({ row }: { readonly row: ListRow }): VNode {
  const { torrent } = row;
  const polled = usePolled(torrent, (signal) => askOverview(torrent, signal), periodMs);
  const { value } = polled;
  const lines = useSamples(value?.torrent);
  return (
    <div class="overview">
      <PolledState polled={polled} />
      {value?.why !== undefined && value.why.code !== "complete" && <Why why={value.why} />}
      {value !== undefined && (
        <>
          <section class="panel">
            <h2>{texts.details.rates}</h2>
            <RateFigure
              lines={lines}
              down={rateText(value.torrent.downBytesPerSecond)}
              up={rateText(value.torrent.upBytesPerSecond)}
              axisText={(seconds) => clock.format(seconds * 1_000)}
              momentText={(seconds) => clock.format(seconds * 1_000)}
            />
          </section>
          <section class="panel">
            <h2>{texts.details.facts}</h2>
            <FactList facts={torrentFacts(value.torrent)} />
          </section>
          <Warnings warnings={value.torrent.warnings} />
        </>
      )}
    </div>
  );
}

function Why({ why: { message } }: { readonly why: CommandResults["why"] }): VNode {
  return (
    <section class="panel">
      <h2>{texts.details.why}</h2>
      <p translate={false} lang="en">
        {cleaned(message)}
      </p>
    </section>
  );
}

function Warnings({ warnings }: Pick<Torrent, "warnings">): VNode | null {
  if (warnings.length === 0) return null;
  return (
    <section class="panel">
      <h2>{texts.details.warnings}</h2>
      <ul translate={false} lang="en">
        {warnings.map((warning) => (
          <li key={warning}>{cleaned(warning)}</li>
        ))}
      </ul>
    </section>
  );
}

/** The rates of a torrent since the component is there. */
function useSamples(torrent: Torrent | undefined): RateLines {
  const samples = useRef(new RateSamples());
  const [lines, setLines] = useState<RateLines>({ times: [], down: [], up: [] });
  useEffect(() => {
    if (torrent === undefined) return;
    samples.current.add(Date.now(), torrent.downBytesPerSecond, torrent.upBytesPerSecond);
    setLines(samples.current.lines());
  }, [torrent]);
  return lines;
}

/** A torrent without a reason, such as one that was removed meanwhile, has facts all the same. */
async function askOverview(torrent: string, signal: AbortSignal): Promise<Result<Overview>> {
  const [row, why] = await Promise.all([
    getResult<Torrent>(`torrents/${torrent}`, signal),
    ask("why", torrent, signal),
  ]);
  if (row.kind === "failure") return row;
  const reason = why.kind === "answer" ? why.value : undefined;
  return answered({ torrent: row.value, why: reason });
}
