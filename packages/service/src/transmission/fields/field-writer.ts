// Writes fields of torrents as JSON, in the names of a dialect.

import { torrentSettings, type LiveEngineSettings, type TorrentSettings } from "@troupe/control";
import type { TorrentRow } from "../../view/torrent-row.ts";
import { flatSettings } from "../flat-settings.ts";
import type { MetainfoMemory } from "../memory/metainfo-memory.ts";
import type { RowTexts } from "../memory/row-texts.ts";
import type { Dialect } from "../names/dialect.ts";
import type { AskedDetails } from "./ask-details.ts";
import { detailFields } from "./detail-fields.ts";
import { changingFields, rowFields, type RowFacts } from "./row-fields.ts";

/** Facts for fields, besides rows and answers. */
interface WriterFacts {
  readonly dialect: Dialect;
  readonly engine: LiveEngineSettings;
  readonly epochMs: number;
  readonly metainfo: MetainfoMemory;
  readonly rowTexts: RowTexts;
}

/** A row whose settings are read when a field needs them. */
class WrittenRow implements RowFacts {
  readonly row: TorrentRow;
  readonly engine: LiveEngineSettings;
  readonly epochMs: number;
  #own: TorrentSettings | undefined;

  constructor(row: TorrentRow, { engine, epochMs }: WriterFacts) {
    this.row = row;
    this.engine = engine;
    this.epochMs = epochMs;
  }

  get own(): TorrentSettings {
    return (this.#own ??= flatSettings(torrentSettings, this.row.settings));
  }
}

/** Writes the fields of a list. */
export class FieldWriter {
  readonly #facts: WriterFacts;
  readonly #names: readonly string[];
  /** Fields that the row alone tells, and all others. */
  readonly #plain: readonly string[];
  readonly #others: readonly string[];
  readonly #plainTexts: WeakMap<TorrentRow, string>;

  /** @param names Fields in snake case. */
  constructor(names: readonly string[], facts: WriterFacts) {
    this.#facts = facts;
    this.#names = names;
    this.#plain = names.filter((name) => rowFields.has(name) && !changingFields.includes(name));
    this.#others = names.filter((name) => !this.#plain.includes(name));
    const spelled = this.#plain.map((name) => facts.dialect.fieldName(name));
    this.#plainTexts = facts.rowTexts.of(spelled.join());
  }

  /** The first row of a table. */
  header(): string {
    return JSON.stringify(this.#names.map((name) => this.#facts.dialect.fieldName(name)));
  }

  /** A torrent as a row of a table. */
  tableRow(row: TorrentRow, answers: AskedDetails): string {
    const written = new WrittenRow(row, this.#facts);
    return `[${this.#names.map((name) => this.#textOf(name, written, answers)).join(",")}]`;
  }

  /** A torrent as an object. */
  object(row: TorrentRow, answers: AskedDetails): string {
    const others = this.#members(this.#others, new WrittenRow(row, this.#facts), answers);
    const plain = this.#plainText(row);
    return `{${plain}${plain === "" || others === "" ? "" : ","}${others}}`;
  }

  #plainText(row: TorrentRow): string {
    const known = this.#plainTexts.get(row);
    if (known !== undefined) return known;
    const text = this.#members(this.#plain, new WrittenRow(row, this.#facts), {});
    this.#plainTexts.set(row, text);
    return text;
  }

  #members(names: readonly string[], row: WrittenRow, answers: AskedDetails): string {
    const { dialect } = this.#facts;
    return names
      .map((name) => `"${dialect.fieldName(name)}":${this.#textOf(name, row, answers)}`)
      .join(",");
  }

  #textOf(name: string, row: WrittenRow, answers: AskedDetails): string {
    const value = this.#valueOf(name, row, answers);
    if (typeof value !== "object") return JSON.stringify(value);
    return JSON.stringify(this.#facts.dialect.fieldValue(name, value));
  }

  #valueOf(name: string, facts: WrittenRow, answers: AskedDetails): unknown {
    const detail = detailFields.get(name);
    if (detail === undefined) return rowFields.get(name)?.(facts);
    const isKnown = detail.question === "metainfo" && answers.metainfo === undefined;
    const answer = isKnown
      ? this.#facts.metainfo.known(facts.row.torrent)
      : answers[detail.question];
    return detail.valueOf(answer, facts);
  }
}
