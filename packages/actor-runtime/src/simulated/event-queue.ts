/** A planned event. */
export interface Event {
  readonly timeMs: number;
  /** First planned, first run. */
  readonly sequence: number;
  /** Undefined once run or cancelled. */
  task: (() => void) | undefined;
}

/** A binary heap by time, then by sequence. */
export class EventQueue {
  readonly #heap: Event[] = [];

  /** With cancelled events. */
  get size(): number {
    return this.#heap.length;
  }

  add(event: Event): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(event);
    while (at > 0) {
      const parentAt = (at - 1) >> 1;
      const parent = heap[parentAt];
      if (parent === undefined || !isBefore(event, parent)) break;
      heap[at] = parent;
      at = parentAt;
    }
    heap[at] = event;
  }

  peek(): Event | undefined {
    for (;;) {
      const [first] = this.#heap;
      if (first === undefined || first.task !== undefined) return first;
      this.#removeFirst();
    }
  }

  take(): Event | undefined {
    const first = this.peek();
    if (first !== undefined) this.#removeFirst();
    return first;
  }

  #removeFirst(): void {
    const last = this.#heap.pop();
    if (last !== undefined && this.#heap.length > 0) this.#sink(last);
  }

  #sink(event: Event): void {
    const heap = this.#heap;
    let at = 0;
    for (;;) {
      const leftAt = 2 * at + 1;
      const left = heap[leftAt];
      if (left === undefined) break;
      const right = heap[leftAt + 1];
      const [child, childAt] =
        right !== undefined && isBefore(right, left) ? [right, leftAt + 1] : [left, leftAt];
      if (!isBefore(child, event)) break;
      heap[at] = child;
      at = childAt;
    }
    heap[at] = event;
  }
}

function isBefore(a: Event, b: Event): boolean {
  return a.timeMs < b.timeMs || (a.timeMs === b.timeMs && a.sequence < b.sequence);
}
