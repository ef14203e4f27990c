// The priorities of files: three in the protocol, 65,536 in the engine.

/** Priorities of files in the protocol. */
const [low, normal, high] = [-1, 0, 1];

/** Priorities in the engine. Other programs give `1` to files of no special priority. */
const enginePriorities = { unwanted: 0, plain: 1, low: 2, normal: 4, high: 6 } as const;

/** The priority of a file in the protocol; an unwanted file has the normal one. */
export function protocolPriority(priority: number): number {
  if (priority >= enginePriorities.high) return high;
  return priority === enginePriorities.low || priority === enginePriorities.low + 1 ? low : normal;
}

/** Choices of a call about the files of a torrent: indices of files; an empty list means all. */
export interface FileChoices {
  readonly unwanted?: readonly number[] | undefined;
  readonly wanted?: readonly number[] | undefined;
  readonly low?: readonly number[] | undefined;
  readonly normal?: readonly number[] | undefined;
  readonly high?: readonly number[] | undefined;
}

/** Whether a call chooses anything. */
export function isChoosing(choices: FileChoices): boolean {
  return Object.values(choices).some((files) => files !== undefined);
}

/** An index that no file of the torrent has; undefined: none. */
export function wrongIndex(choices: FileChoices, files: number): number | undefined {
  const all = Object.values(choices).flatMap((each: readonly number[] | undefined) => each ?? []);
  return all.find((index) => index < 0 || index >= files);
}

/** The priorities after the choices. @param before A priority a file, as the engine has them. */
export function chosenPriorities(before: readonly number[], choices: FileChoices): number[] {
  const after = [...before];
  const each = (files: readonly number[] | undefined, change: (file: number) => void): void => {
    if (files === undefined) return;
    for (const file of files.length === 0 ? after.keys() : files) change(file);
  };
  const set = (files: readonly number[] | undefined, priority: number): void =>
    each(files, (file) => {
      // The priority of an unwanted file would make it wanted.
      if (after[file] !== enginePriorities.unwanted) after[file] = priority;
    });
  each(choices.unwanted, (file) => (after[file] = enginePriorities.unwanted));
  each(choices.wanted, (file) => {
    if (after[file] === enginePriorities.unwanted) after[file] = enginePriorities.normal;
  });
  set(choices.high, enginePriorities.high);
  set(choices.low, enginePriorities.low);
  set(choices.normal, enginePriorities.normal);
  // A plain file must not come behind one of low priority.
  if (choices.low === undefined) return after;
  return after.map((one) => (one === enginePriorities.plain ? enginePriorities.normal : one));
}
