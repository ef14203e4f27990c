// Acts on torrents: calls, and sentences about their end.

import { run } from "../api/commands.ts";
import type { Failure, Result } from "../api/result.ts";
import { failureText } from "../frame/failure-text.ts";
import { announce } from "../frame/live-region.tsx";
import { showProblem } from "../frame/notice.tsx";
import { shown } from "../text/shown.ts";
import { texts } from "../text/text.ts";

/** Calls under way at once for several torrents. */
const atOnce = 4;

/** Starts torrents. */
export async function startTorrents(torrents: readonly string[]): Promise<void> {
  tell(
    [await run("start", { torrents })],
    texts.acts.started(torrents.length, shown.count(torrents.length)),
  );
}

/** Stops torrents. */
export async function stopTorrents(torrents: readonly string[]): Promise<void> {
  tell(
    [await run("stop", { torrents })],
    texts.acts.stopped(torrents.length, shown.count(torrents.length)),
  );
}

/** Removes torrents. @param data Deletes their files, too. */
export async function removeTorrents(torrents: readonly string[], data: boolean): Promise<void> {
  const answers = await forEach(torrents, (torrent) => run("remove", { torrent, data }));
  tell(answers, texts.acts.removed(torrents.length, shown.count(torrents.length)));
}

/** Hashes the data of torrents. The sentence comes before the checks, which may take long. */
export async function checkTorrents(torrents: readonly string[]): Promise<void> {
  announce(texts.acts.checked(torrents.length, shown.count(torrents.length)));
  const answers = await forEach(torrents, (torrent) => run("hashcheck", { torrent }));
  tell(answers, undefined);
}

/** Moves torrents in the queue. @param torrents In the order of the queue. */
export async function moveInQueue(
  torrents: readonly string[],
  position: "bottom" | "down" | "top" | "up",
): Promise<void> {
  // Each call moves one torrent. The last one that goes to the top is first there, and a torrent that goes down passes the
  // next one in the queue: both begin with the last torrent, so that all keep their order.
  const isReversed = position === "top" || position === "down";
  const answers: Result<unknown>[] = [];
  for (const torrent of isReversed ? torrents.toReversed() : torrents)
    answers.push(await run("queue", { torrent, position }));
  tell(answers, texts.acts.moved);
}

/** Changes settings of torrents. */
export async function changeTorrents(torrents: readonly string[], settings: object): Promise<void> {
  const answers = await forEach(torrents, (torrent) => run("set", { torrent, ...settings }));
  tell(answers, texts.acts.changed(torrents.length, shown.count(torrents.length)));
}

async function forEach(
  torrents: readonly string[],
  call: (torrent: string) => Promise<Result<unknown>>,
): Promise<readonly Result<unknown>[]> {
  const answers: Result<unknown>[] = [];
  const waiting = torrents.toReversed();
  const worker = async (): Promise<void> => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop())
      answers.push(await call(next));
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return answers;
}

/** Commands beyond their deadline continue in the service: the error `command-deadline` is no failure. */
function tell(answers: readonly Result<unknown>[], done: string | undefined): void {
  const failures = answers
    .filter((answer) => answer.kind === "failure")
    .map(({ failure }): Failure => failure)
    .filter(({ code }) => code !== "command-deadline");
  const [first] = failures;
  if (first === undefined) {
    showProblem(undefined);
    if (done !== undefined) announce(done);
    return;
  }
  const sentence = failureText(first);
  const count = failures.length;
  showProblem(count === 1 ? sentence : texts.acts.someFailed(count, shown.count(count), sentence));
}
