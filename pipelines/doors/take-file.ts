import type { Readable } from "node:stream";
import { AppError } from "../../src/kernel/problems.ts";
import type { Concern, ReasonCode, Rejection, Verdict } from "../../src/kernel/verdicts.ts";
import { type Encoding, readFileItems } from "../files/index.ts";
import type { Entry, Outcome } from "../ingest/entry.ts";
import { entryOf } from "../ingest/read-item.ts";
import type { FileMapping } from "../mapping/index.ts";
import type { KnownSource } from "../registry/sources.ts";
import { type DoorDeps, parseDepsOf } from "./deps.ts";

/** What an import did, once all of it is committed. */
export interface FileReport {
  readonly rows: number;
  readonly counts: Readonly<Record<Verdict, number>>;
  /** Every reason with how often it occurred and where first, most frequent first. */
  readonly reasons: readonly (Rejection & { count: number; firstLine: number })[];
  /** The first rows that were not stored, one by one. */
  readonly rejected: readonly (Rejection & {
    line: number;
    status: Verdict;
    quarantineId: string | null;
  })[];
  readonly format: string;
  readonly encoding: Encoding | null;
  readonly separator: string | null;
  readonly unmappedColumns: readonly string[];
  readonly missingColumns: readonly { column: string; uses: readonly string[]; isFatal: boolean }[];
}

/** Rows handed to the queue together, or fewer where they are fat. */
const CHUNK = 1_000;
const CHUNK_WEIGHT = 8 * 1024 * 1024;
/** Chunks under way at once: enough to keep the store busy while the next rows are read. */
const UNDER_WAY = 3;

/**
 * Imports a file as it streams in: rows go to the store in chunks, and reading waits when the store is behind, so
 * memory stays bounded whatever the file's size. A file that cannot be read to its end is answered with an error that
 * says how many rows were stored; sending it again corrected changes nothing about those.
 */
export async function takeFile(
  deps: DoorDeps,
  source: KnownSource,
  bytes: Readable,
  options: { listed: number; sentAt: Date | null },
): Promise<FileReport> {
  const { settings } = source;
  const arrival = { receivedAt: deps.clock.now(), sentAt: options.sentAt };
  const counts: Record<Verdict, number> = { accepted: 0, duplicate: 0, quarantined: 0, refused: 0 };
  const reasons = new Map<ReasonCode, { count: number; firstLine: number; why: Rejection }>();
  const rejected: FileReport["rejected"][number][] = [];
  let rows = 0;

  const tally = (lines: readonly number[], outcomes: readonly Outcome[]): void => {
    outcomes.forEach((o, i) => {
      counts[o.status]++;
      if (o.code === undefined || o.status === "accepted" || o.status === "duplicate") return;
      const line = lines[i] as number;
      const why = { code: o.code, detail: o.detail ?? "", ...concernOf(o) };
      const known = reasons.get(o.code);
      if (known === undefined) reasons.set(o.code, { count: 1, firstLine: line, why });
      else {
        known.count++;
        if (line < known.firstLine) Object.assign(known, { firstLine: line, why });
      }
      if (rejected.length < options.listed) {
        rejected.push({ ...why, line, status: o.status, quarantineId: o.quarantineId ?? null });
      }
    });
  };

  const reading = await readFileItems(
    bytes,
    settings,
    settings.mapping as FileMapping | null,
    arrival,
    parseDepsOf(deps),
  );
  const flying = new Set<Promise<void>>();
  let failure: unknown;
  let chunk: Entry[] = [];
  let lines: number[] = [];
  let weight = 0;
  const send = async (): Promise<void> => {
    const [entries, at] = [chunk, lines];
    chunk = [];
    lines = [];
    weight = 0;
    while (flying.size >= UNDER_WAY) await Promise.race(flying);
    if (failure !== undefined) throw failure;
    const flight: Promise<void> = deps.queue
      .submitWhenRoom(entries)
      .then((outcomes) => tally(at, outcomes))
      .catch((error: unknown) => {
        failure ??= error;
      })
      .finally(() => flying.delete(flight));
    flying.add(flight);
  };

  try {
    for await (const { line, item, raw } of reading.items) {
      rows++;
      lines.push(line);
      const entry = entryOf(deps.vault, settings, item, {
        door: "file",
        place: `line ${line}`,
        raw,
        arrival,
      });
      chunk.push(entry);
      weight += entry.weight;
      if (chunk.length === CHUNK || weight > CHUNK_WEIGHT) await send();
    }
    if (chunk.length > 0) await send();
  } catch (error) {
    await Promise.all(flying);
    if (!(error instanceof AppError) || error.status >= 500) throw error;
    throw new AppError(error.code, {
      detail: `${error.detail ?? error.message} ${counts.accepted + counts.duplicate} rows before it are stored; send the corrected file whole, they will be recognised.`,
      ...(error.errors === undefined ? {} : { errors: error.errors }),
    });
  }
  await Promise.all(flying);
  if (failure !== undefined) throw failure;
  return {
    rows,
    counts,
    reasons: [...reasons.values()]
      .map(({ why, ...seen }) => ({ ...why, ...seen }))
      .sort((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1)),
    rejected: rejected.sort((a, b) => a.line - b.line),
    format: reading.format,
    encoding: reading.encoding(),
    separator: reading.separator,
    unmappedColumns: reading.unmappedColumns,
    missingColumns: reading.missing,
  };
}

function concernOf({ field, column }: Concern): Concern {
  return { ...(field === undefined ? {} : { field }), ...(column === undefined ? {} : { column }) };
}
