/** A single step of a short run costs one turn; a long run takes up to this many steps in a turn. */
const mostStepsInTurn = 64;

/**
 * Calls `step` until it returns false. All microtasks and ticks run between two calls, as between two turns of the real
 * event loop, without the cost of a turn for each.
 * @throws rejects with an error of `step`.
 */
export function eventLoopSteps(step: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    let planned = 1;
    let left = planned;
    let isOver = false;
    const runOne = (): void => {
      if (isOver) return;
      try {
        isOver = !step();
      } catch (error) {
        isOver = true;
        return reject(error);
      }
      if (isOver) return resolve();
      left -= 1;
      if (left > 0) return;
      planned = Math.min(2 * planned, mostStepsInTurn);
      left = planned;
      for (let count = 0; count < planned; count += 1) setImmediate(runOne);
    };
    setImmediate(runOne);
  });
}
