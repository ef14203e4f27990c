import { systemModule } from "./system-module.ts";

/** Processor time and heap of the calling thread. */
interface ThreadUsage {
  /** Processor time since its start, in user code and in the kernel. */
  readonly cpuSeconds: number;
  /** Its objects in the heap of JavaScript, those not collected yet included; neither buffers nor shared memory. */
  readonly heapBytes: number;
}

/** Takes microseconds. */
export function threadUsage(): ThreadUsage {
  const { user, system } = process.threadCpuUsage();
  const { used_heap_size: heapBytes } = systemModule("node:v8").getHeapStatistics();
  return { cpuSeconds: (user + system) / 1e6, heapBytes };
}
