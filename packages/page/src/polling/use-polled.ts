// A question that is asked again and again while it is shown. A hidden tab asks nothing.

import { useEffect, useState } from "preact/hooks";
import type { Failure, Result } from "../api/result.ts";
import { isShown } from "../state/feed.ts";

/** The latest answer. */
export interface Polled<Value> {
  /** Undefined until the first answer. It stays while later questions fail. */
  readonly value: Value | undefined;
  /** Why the last question failed. */
  readonly failure: Failure | undefined;
  /** Asks at once. */
  readonly again: () => void;
}

interface Latest<Value> {
  readonly key: string;
  readonly value: Value | undefined;
  readonly failure: Failure | undefined;
}

/**
 * Asks when the component is first drawn, when the key changes, when the tab is shown again, and in between.
 *
 * @param key Says what is asked: answers of another key are dropped.
 * @param periodMs From an answer to the next question.
 */
export function usePolled<Value>(
  key: string,
  ask: (signal: AbortSignal) => Promise<Result<Value>>,
  periodMs: number,
): Polled<Value> {
  const [latest, setLatest] = useState<Latest<Value>>();
  const [turn, setTurn] = useState(0);
  const mayAsk = isShown.value;
  useEffect(() => {
    if (!mayAsk) return undefined;
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const next = async (): Promise<void> => {
      const answer = await ask(stop.signal);
      if (stop.signal.aborted) return;
      setLatest((before) => latestOf(key, answer, before));
      timer = setTimeout(() => void next(), periodMs);
    };
    void next();
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [key, mayAsk, turn, periodMs]);
  const own = latest?.key === key ? latest : undefined;
  return {
    value: own?.value,
    failure: own?.failure,
    again: () => setTurn((before) => before + 1),
  };
}

function latestOf<Value>(
  key: string,
  answer: Result<Value>,
  before: Latest<Value> | undefined,
): Latest<Value> {
  if (answer.kind === "answer") return { key, value: answer.value, failure: undefined };
  const value = before?.key === key ? before.value : undefined;
  return { key, value, failure: answer.failure };
}
