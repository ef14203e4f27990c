// The dashboard for Grafana, read as data.

import { readRepositoryFile } from "../files/repository.ts";

/** A query of a panel. */
interface Target {
  /** PromQL, with variables of Grafana. */
  readonly expr: string;
  readonly legendFormat: string;
}

/** A panel of the dashboard. */
interface Panel {
  readonly id: number;
  readonly title: string;
  readonly gridPos: {
    readonly x: number;
    readonly y: number;
    readonly w: number;
    readonly h: number;
  };
  readonly targets: readonly Target[];
}

interface Dashboard {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string }[] };
}

/** The dashboard of the repository. */
export function readDashboard(): Dashboard {
  return JSON.parse(readRepositoryFile("examples/grafana/troupe.json")) as Dashboard;
}

/** All queries of its panels. */
export function queriesOf({ panels }: Dashboard): readonly Target[] {
  return panels.flatMap(({ targets }) => targets);
}
