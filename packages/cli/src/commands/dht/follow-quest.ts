import { formatCount } from "../../display/units.ts";
import type { DhtQuestPort, DhtRound, QuestOptions } from "../../engine-port.ts";
import type { ExitCodeValue } from "../../failure.ts";
import { endOf, noNodes, type DhtSession } from "./dht-session.ts";

/** Period of the line at a terminal. */
const statusPeriodMs = 250;

/** Listens to a quest. */
interface QuestListener<Found> {
  found(one: Found): void;
  /** After its results. An error ends the command. */
  roundEnded(round: DhtRound): void;
}

/**
 * Follows a quest for a round, or until the user stops the command.
 *
 * @throws {CommandError} `dht-no-nodes`, unless the quest is repeated.
 */
export async function followQuest<Found>(
  session: DhtSession,
  begin: (options: QuestOptions) => DhtQuestPort<Found>,
  listener: QuestListener<Found>,
): Promise<ExitCodeValue> {
  const { run, repeats } = session;
  const { stop } = run.environment;
  const quest = begin({ repeat: repeats, signal: stop });
  using _status = showStatus(session, quest);
  const results = (async () => {
    for await (const one of quest) listener.found(one);
  })();
  const rounds = (async () => {
    for (let isLast = false; !isLast && !stop.aborted;) {
      // Rounds follow each other. oxlint-disable-next-line no-await-in-loop
      const round = await quest.round();
      ({ isLast } = round);
      // oxlint-disable-next-line no-await-in-loop
      if (isLast) await results;
      if (round.answered === 0 && isLast) throw noNodes();
      listener.roundEnded(round);
    }
  })();
  try {
    await Promise.all([results, rounds]);
  } catch (error) {
    quest.cancel();
    if (!stop.aborted) throw error;
  }
  return endOf(session);
}

/** At a terminal: a line that counts answers and results. */
export function showStatus<Found>(
  { run }: Pick<DhtSession, "run">,
  quest: DhtQuestPort<Found>,
): Disposable {
  const { environment, reporter } = run;
  const show = (): void => {
    const { nodes, found } = quest;
    const answers = `${formatCount(nodes.length, "node has", "nodes have")} answered`;
    const results = formatCount(found.length, "result");
    reporter.status(nodes.length === 0 ? "waiting for the first node" : `${answers}, ${results}`);
  };
  show();
  const clock = environment.every(statusPeriodMs, show);
  return {
    [Symbol.dispose]: () => {
      clock[Symbol.dispose]();
      reporter.status(undefined);
    },
  };
}
