// The filters: search, status, group, label, tracker.

import type { VNode } from "preact";
import { Icon } from "../frame/icon.tsx";
import { isMedium } from "../frame/media.ts";
import { shown } from "../text/shown.ts";
import { texts } from "../text/text.ts";
import type { FacetName } from "./list-filter.ts";
import { facets, filter, setFilter } from "./list-state.ts";
import { statuses, type Status } from "./status.ts";

/** Values of a facet, by count; further ones are found by the search alone. */
const mostValues = 500;

/** The filters. */
export function FilterBar(): VNode {
  return (
    <section class="filters" aria-label={texts.list.filters}>
      <div class="search">
        <Icon name="search" />
        <input
          type="search"
          id="search"
          aria-label={texts.list.search}
          placeholder={texts.list.search}
          value={filter.value.text}
          onInput={({ currentTarget }) => setFilter({ text: currentTarget.value })}
        />
      </div>
      <ul class="statuses">
        <StatusFilter status={undefined} />
        {statuses.map((status) => (
          <StatusFilter key={status} status={status} />
        ))}
      </ul>
      <Facets />
    </section>
  );
}

/** Three lists; a narrow screen has them folded. */
function Facets(): VNode {
  const lists = (
    <div class="facets">
      <FacetFilter name="group" />
      <FacetFilter name="label" />
      <FacetFilter name="tracker" />
    </div>
  );
  if (isMedium.value) return lists;
  return (
    <details>
      <summary>{texts.list.moreFilters}</summary>
      {lists}
    </details>
  );
}

function StatusFilter({ status }: { readonly status: Status | undefined }): VNode | null {
  const { all, status: counts } = facets.value;
  const count = status === undefined ? all : (counts.get(status) ?? 0);
  const isSet = filter.value.status === status;
  if (count === 0 && !isSet) return null;
  return (
    <li>
      <button
        type="button"
        class="status-filter"
        aria-pressed={isSet}
        onClick={() => setFilter({ status })}
      >
        <span>{status === undefined ? texts.list.all : texts.list.statuses[status]}</span>{" "}
        <span class="status-count">{shown.count(count)}</span>
      </button>
    </li>
  );
}

/** A value that is set stands behind a sign, so that an empty one differs from no filter. */
const anyValue = "";
const ofValue = (value: string): string => `=${value}`;

function FacetFilter({ name }: { readonly name: FacetName }): VNode | null {
  const counts = facets.value[name];
  const set = filter.value[name];
  if (set === undefined && (counts.size === 0 || (counts.size === 1 && counts.has(""))))
    return null;
  const values = [...counts].toSorted(([, one], [, other]) => other - one).slice(0, mostValues);
  if (set !== undefined && !counts.has(set)) values.push([set, 0]);
  return (
    <label class="facet">
      <span>{texts.list.facets[name]}</span>
      <select
        value={set === undefined ? anyValue : ofValue(set)}
        onChange={({ currentTarget: { value } }) =>
          setFilter({ [name]: value === anyValue ? undefined : value.slice(1) })
        }
      >
        <option value={anyValue}>{texts.list.anyValue[name]}</option>
        {values.map(([value, count]) => (
          <option key={value} value={ofValue(value)} {...(value !== "" && { translate: false })}>
            {texts.list.withCount(
              value === "" ? texts.list.noValue[name] : value,
              shown.count(count),
            )}
          </option>
        ))}
      </select>
    </label>
  );
}
