import { BlockTimes } from "../download/block-times.ts";
import { RateMeter } from "../download/rate-meter.ts";
import { type PipelineBounds, RequestPipeline } from "../download/request-pipeline.ts";
import { RequestRing } from "../download/request-ring.ts";
import { maxLateBlocks } from "../limits.ts";
import type { MemoryBudget } from "../memory/memory-budget.ts";
import { UploadQueue } from "../upload/upload-queue.ts";

/** The parts of a worker that transfers use. */
interface TransferServices {
  readonly requestMemory: MemoryBudget;
  nowMs(): number;
}

/** The state of a peer's transfers. Each part is made at its first use, because most peers of a large swarm are idle. */
export class PeerTransfers<Worker extends TransferServices> {
  readonly worker: Worker;
  readonly #bounds: PipelineBounds;
  #pipeline: RequestPipeline | undefined;
  #peerRequestLimit: number | undefined;
  #requests: RequestRing | undefined;
  #lateBlocks: RequestRing | undefined;
  #down: RateMeter | undefined;
  #up: RateMeter | undefined;
  #blockTimes: BlockTimes | undefined;
  #uploads: UploadQueue | undefined;

  constructor(worker: Worker, bounds: PipelineBounds) {
    this.worker = worker;
    this.#bounds = bounds;
  }

  /** Blocks that the peer owes. */
  get requests(): RequestRing {
    return (this.#requests ??= new RequestRing(this.#bounds.most));
  }

  get requestsOut(): number {
    return this.#requests?.length ?? 0;
  }

  /** Blocks that it owed until we took the requests back. */
  get lateBlocks(): RequestRing {
    return (this.#lateBlocks ??= new RequestRing(maxLateBlocks));
  }

  get pipeline(): RequestPipeline {
    if (this.#pipeline !== undefined) return this.#pipeline;
    this.#pipeline = new RequestPipeline(this.#bounds);
    if (this.#peerRequestLimit !== undefined) this.#pipeline.setPeerLimit(this.#peerRequestLimit);
    return this.#pipeline;
  }

  get isSnubbed(): boolean {
    return this.#pipeline?.isSnubbed ?? false;
  }

  /** @param requests The peer's `reqq` (BEP 10), as on the wire. */
  setPeerRequestLimit(requests: number): void {
    this.#peerRequestLimit = requests;
    this.#pipeline?.setPeerLimit(requests);
  }

  /** The request queue grows from its start again. */
  restartUnlessSnubbed(): void {
    if (!this.isSnubbed) this.#pipeline?.restart();
  }

  /** Once a second. @param share Memory available over all targets, over 0 to 1. */
  shareMemory(share: number): void {
    this.#pipeline?.setShare(share);
  }

  /** Payload that the peer sends. */
  get down(): RateMeter {
    return (this.#down ??= new RateMeter(this.worker.nowMs()));
  }

  /** Smoothed. */
  get downBytesPerSecond(): number {
    return this.#down?.bytesPerSecond ?? 0;
  }

  /** How long requested blocks take. */
  get blockTimes(): BlockTimes {
    return (this.#blockTimes ??= new BlockTimes());
  }

  /** Undefined before the first block. */
  get blockTimesIfAny(): BlockTimes | undefined {
    return this.#blockTimes;
  }

  /** Payload that the peer takes. */
  get up(): RateMeter {
    return (this.#up ??= new RateMeter(this.worker.nowMs()));
  }

  /** Smoothed. */
  get upBytesPerSecond(): number {
    return this.#up?.bytesPerSecond ?? 0;
  }

  /** Once a second. @param isAsked The peer does not choke us: its request queue follows the rate. */
  readMeters(nowMs: number, isAsked: boolean, roundTripMs: number): void {
    this.#down?.read(nowMs);
    this.#up?.read(nowMs);
    if (!isAsked) return;
    this.pipeline.adapt(this.#down?.lastBytesPerSecond ?? 0, this.downBytesPerSecond, roundTripMs);
  }

  /** Requests of the peer. */
  get uploads(): UploadQueue {
    return (this.#uploads ??= new UploadQueue(this.worker.requestMemory));
  }

  /** Undefined before the first request of the peer. */
  get uploadsIfAny(): UploadQueue | undefined {
    return this.#uploads;
  }

  /** Requests of the peer that wait. */
  get requestsWaiting(): number {
    return this.#uploads?.length ?? 0;
  }
}
