// `/metrics`: the figures of the engine for Prometheus.

import { TroupeError } from "@troupe/control";
import type { CommandResults } from "@troupe/control/commands";
import {
  histogramSamples,
  metricsContentType,
  metricsText,
  type WrittenMetric,
} from "@troupe/control/metrics";
import { errorStatus, retryAfter } from "../routes/error-status.ts";
import { textResponse, type Route, type ServiceResponse } from "../routes/route.ts";
import type { ServiceCalls } from "../routes/service-calls.ts";
import { metricsOfTorrents } from "./torrent-metrics.ts";

interface MetricsOptions {
  /** Callers without a credential may read the metrics. Default: the right `read` is needed. */
  readonly isMetricsOpen?: boolean;
  /** Torrents have series of their own, whose labels hold hashes and names. */
  readonly isPerTorrent?: boolean;
}

/** The route of Prometheus. The calls of an open route need the right `read`. */
export function metricsRoute({ isMetricsOpen, isPerTorrent }: MetricsOptions): Route {
  return {
    method: "GET",
    path: "/metrics",
    body: "none",
    ...(isMetricsOpen === true && { isOpen: true }),
    answer: async ({ calls }) => await answer(calls, isPerTorrent === true),
  };
}

async function answer(calls: ServiceCalls, isPerTorrent: boolean): Promise<ServiceResponse> {
  try {
    const metrics = (await calls.run("metrics", {})).map(writtenMetric);
    const torrents = isPerTorrent ? metricsOfTorrents((await calls.view()).rows) : [];
    const text = metricsText([...metrics, ...torrents]);
    return { status: 200, headers: { "Content-Type": metricsContentType }, body: text };
  } catch (error) {
    if (!(error instanceof TroupeError)) throw error;
    return textResponse(`${error.code}: ${error.message}\n`, errorStatus(error), retryAfter(error));
  }
}

type EngineMetric = CommandResults["metrics"][number];

/** A metric of the engine with its samples; a histogram has several for each series. */
export function writtenMetric({ kind, name, series, text }: EngineMetric): WrittenMetric {
  const samples = kind === "histogram" ? series.flatMap(histogramSamples) : series;
  return { name, type: kind, help: text, samples };
}
