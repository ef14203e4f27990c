/** A planned event. */
export interface Event<Task = () => void> {
  readonly timeMs: number;
  /** First planned, first run. */
  readonly sequence: number;
  /** Undefined once run or cancelled. */
  task: Task | undefined;
}

/** Children of an entry: a flat heap touches fewer entries on the way down than a binary one. */
const arity = 4;

/** A heap by time, then by sequence. */
export class EventQueue<Task = () => void> {
  readonly #heap: Event<Task>[] = [];

  /** With cancelled events. */
  get size(): number {
    return this.#heap.length;
  }

  add(event: Event<Task>): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(event);
    while (at > 0) {
      const parentAt = Math.floor((at - 1) / arity);
      const parent = heap[parentAt];
      if (parent === undefined || !isBefore(event, parent)) break;
      heap[at] = parent;
      at = parentAt;
    }
    heap[at] = event;
  }

  peek(): Event<Task> | undefined {
    for (;;) {
      const first = this.#heap[0];
      if (first === undefined || first.task !== undefined) return first;
      this.#removeFirst();
    }
  }

  take(): Event<Task> | undefined {
    const first = this.peek();
    if (first !== undefined) this.#removeFirst();
    return first;
  }

  clear(): void {
    this.#heap.length = 0;
  }

  #removeFirst(): void {
    const last = this.#heap.pop();
    if (last !== undefined && this.#heap.length > 0) this.#sink(last);
  }

  #sink(event: Event<Task>): void {
    const heap = this.#heap;
    let at = 0;
    for (;;) {
      const firstAt = arity * at + 1;
      let childAt = firstAt;
      let child = heap[firstAt];
      if (child === undefined) break;
      const endAt = Math.min(firstAt + arity, heap.length);
      for (let otherAt = firstAt + 1; otherAt < endAt; otherAt += 1) {
        const other = heap[otherAt];
        if (other === undefined || !isBefore(other, child)) continue;
        child = other;
        childAt = otherAt;
      }
      if (!isBefore(child, event)) break;
      heap[at] = child;
      at = childAt;
    }
    heap[at] = event;
  }
}

function isBefore(a: Event<unknown>, b: Event<unknown>): boolean {
  return a.timeMs < b.timeMs || (a.timeMs === b.timeMs && a.sequence < b.sequence);
}
