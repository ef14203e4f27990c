import type { Coordinator } from "@troupe/coordinator";

/** Opened connections of an engine by the version that both sides speak. */
export async function agreedVersions(
  coordinator: Coordinator,
): Promise<Readonly<Record<string, number>>> {
  const metrics = await coordinator.metrics();
  const found = metrics.find(({ name }) => name === "troupe_agreed_versions_total");
  return Object.fromEntries(
    found?.series.map(({ labels, value }) => [String(labels["version"]), value]) ?? [],
  );
}
