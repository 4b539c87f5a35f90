import type { CanonicalEvent } from "../../src/events/index.ts";
import type { ReasonCode, Rejection } from "../../src/kernel/verdicts.ts";
import type { Arrival, ParsedItem, SourceSettings } from "../adapter.ts";
import type { FileMapping } from "../mapping/mapping.schema.ts";
import type { RowDeps } from "../mapping/row-context.ts";
import type { Encoding } from "./decode.ts";
import { readFileItems } from "./file-items.ts";
import type { RowFormat } from "./rows.ts";

/** What a row became, for the eye: values of people are masked, for a preview is no read of a profile. */
export interface MappedRow {
  readonly type: string;
  readonly name: string | null;
  readonly messageId: string;
  readonly occurredAt: string;
  readonly storeId: string | null;
  readonly identifiers: readonly {
    readonly kind: string;
    readonly issuer: string;
    readonly masked: string;
    readonly verified: boolean;
  }[];
  /** Names of what it says about the person, and of all else it carries. */
  readonly traits: readonly string[];
  readonly unset: readonly string[];
  readonly properties: readonly string[];
  readonly order: CanonicalEvent["order"];
}

export interface FilePreview {
  readonly format: RowFormat;
  readonly encoding: Encoding | null;
  readonly separator: string | null;
  readonly columns: readonly string[];
  /** The mapping that was used: the given one, or the one found by well-known column names. */
  readonly mapping: FileMapping | null;
  readonly rows: readonly {
    readonly line: number;
    readonly mapped: MappedRow | null;
    readonly problems: readonly Rejection[];
  }[];
  /** Rejected rows among those read, by code, the most frequent first. */
  readonly problems: readonly (Rejection & { readonly count: number; readonly firstLine: number })[];
  readonly unmappedColumns: readonly string[];
  readonly missingColumns: readonly {
    readonly column: string;
    readonly uses: readonly string[];
    readonly isFatal: boolean;
  }[];
  /** How many rows were read, and whether that was the whole file. */
  readonly rowsRead: number;
  readonly isWhole: boolean;
}

export interface PreviewOptions {
  /** Rows shown. Default 20. */
  readonly rows?: number;
  /** Rows read to count problems; then the rest of the stream is left unread. Default 10,000. */
  readonly cap?: number;
}

/**
 * Shows what an import of this file would do: the first rows mapped, every problem counted, the columns nobody maps
 * and those that are missing. Writes nothing.
 */
export async function previewFile(
  bytes: AsyncIterable<Uint8Array>,
  source: SourceSettings,
  mapping: FileMapping | null,
  arrival: Arrival,
  deps: RowDeps,
  options: PreviewOptions = {},
): Promise<FilePreview> {
  const shown = options.rows ?? 20;
  const cap = options.cap ?? 10_000;
  const reading = await readFileItems(bytes, source, mapping, arrival, deps);
  const rows: FilePreview["rows"][number][] = [];
  const problems = new Map<ReasonCode, { count: number; firstLine: number } & Rejection>();
  let rowsRead = 0;
  let isWhole = true;
  for await (const { line, item } of reading.items) {
    if (rowsRead === cap) {
      isWhole = false;
      break;
    }
    rowsRead += 1;
    if (item.kind === "rejected") {
      const known = problems.get(item.rejection.code);
      if (known === undefined)
        problems.set(item.rejection.code, { ...item.rejection, count: 1, firstLine: line });
      else known.count += 1;
    }
    if (rows.length < shown) rows.push(shownRow(line, item));
  }
  return {
    format: reading.format,
    encoding: reading.encoding(),
    separator: reading.separator,
    columns: reading.columns ?? [],
    mapping: reading.mapping,
    rows,
    problems: [...problems.values()].sort((a, b) => b.count - a.count || a.firstLine - b.firstLine),
    unmappedColumns: reading.unmappedColumns,
    missingColumns: reading.missing,
    rowsRead,
    isWhole,
  };
}

function shownRow(line: number, item: ParsedItem): FilePreview["rows"][number] {
  if (item.kind === "rejected") return { line, mapped: null, problems: [item.rejection] };
  const { event } = item;
  const mapped: MappedRow = {
    type: event.type,
    name: event.name,
    messageId: event.messageId,
    occurredAt: event.occurredAt.toISOString(),
    storeId: event.storeId,
    identifiers: event.identifiers.map(({ kind, issuer, value, verified }) => ({
      kind,
      issuer,
      masked: mask(value),
      verified,
    })),
    traits: Object.keys(event.traits).sort(),
    unset: event.unset,
    properties: Object.keys(event.properties).sort(),
    order: event.order,
  };
  return { line, mapped, problems: [] };
}

/** The first and the last character of a value, enough to see that the right column was taken. */
function mask(value: string): string {
  const letters = [...value];
  if (letters.length < 4) return "…";
  return `${letters[0]}…${letters.at(-1)}`;
}
