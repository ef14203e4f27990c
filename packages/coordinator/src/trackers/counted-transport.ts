import { codeOf, type Clock } from "@troupe/actor-runtime";
import { trackerAddress } from "./tracker-address.ts";
import type { TrackerTransport } from "./tracker-transport.ts";

/** The counts of a transport. */
interface AnnounceCounts {
  readonly outcomes: { count(word: string): void };
  /** Times of the announces that were answered. */
  readonly seconds: { record(seconds: number): void };
}

/** Counts announces by their outcome, and measures the answered ones from the sending on. */
export function countedTransport(
  transport: TrackerTransport,
  counts: Readonly<Record<"http" | "udp", AnnounceCounts>>,
  clock: Clock,
): TrackerTransport {
  return {
    async announce(call) {
      const { outcomes, seconds } = counts[trackerAddress(call.url)?.transport ?? "http"];
      let begunAtMs = clock.nowMs();
      const begun = (): void => {
        begunAtMs = clock.nowMs();
        call.begun();
      };
      try {
        const announced = await transport.announce({ ...call, begun });
        outcomes.count("replied");
        seconds.record((clock.nowMs() - begunAtMs) / 1_000);
        return announced;
      } catch (error) {
        outcomes.count(outcomeOf(error));
        throw error;
      }
    },
  };
}

function outcomeOf(error: unknown): string {
  if (error instanceof DOMException && error.name === "AbortError") return "aborted";
  return codeOf(error) ?? "other";
}
