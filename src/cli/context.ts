import type { Command } from "commander";
import type { Client } from "./client.ts";
import { type Connection, type GlobalOptions, withConnection } from "./connect.ts";
import type { ExitCode } from "./exit.ts";
import { usageError } from "./exit.ts";
import type { Io } from "./io.ts";

/** What a command is given beside its own arguments. */
export interface Context {
  readonly io: Io;
  /** Connects, works, closes. */
  withServer<T>(command: Command, work: (connection: Connection) => Promise<T>): Promise<T>;
  /** What the process ends with when nothing is thrown. */
  exitWith(code: ExitCode): void;
}

export function createContext(io: Io, exitWith: (code: ExitCode) => void): Context {
  return {
    io,
    exitWith,
    withServer: (command, work) => withConnection(command.optsWithGlobals<GlobalOptions>(), io, work),
  };
}

/** All items of a list that pages by `after`, or the first `most`. `isWhole` says whether the list ended there. */
export async function readPages<T>(
  client: Client,
  path: string,
  options: {
    readonly items: "items" | "sources";
    readonly query?: Readonly<Record<string, string | number | undefined>>;
    readonly cursor?: "after" | "cursor";
    readonly most?: number;
    readonly page?: number;
  },
): Promise<{ readonly items: readonly T[]; readonly isWhole: boolean }> {
  const most = options.most ?? Number.POSITIVE_INFINITY;
  const found: T[] = [];
  let next: string | null = null;
  do {
    const limit = Math.min(options.page ?? 200, most - found.length);
    const page: Record<string, unknown> = await client.json("GET", path, {
      query: { ...options.query, limit, ...(next === null ? {} : { [options.cursor ?? "after"]: next }) },
    });
    found.push(...((page[options.items] ?? []) as T[]));
    next = typeof page.next === "string" ? page.next : null;
  } while (next !== null && found.length < most);
  return { items: found, isWhole: next === null };
}

/** A source as the server shows it. */
export interface SourceView {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly platform: string | null;
  readonly purposes: readonly string[];
  readonly locale: string | null;
  readonly region: string | null;
  readonly timeZone: string;
  readonly currency: string | null;
  readonly identifiers: Readonly<
    Record<string, { namespace?: string; verified?: boolean; shared?: boolean; checkDigit?: string }>
  >;
  readonly blockedValues: readonly string[];
  readonly orderNamespace: string | null;
  readonly mapping: unknown;
  readonly hasSecrets: boolean;
  readonly warnings?: readonly { readonly path: string; readonly code: string; readonly message: string }[];
  readonly state: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export async function readSources(client: Client): Promise<readonly SourceView[]> {
  return (await readPages<SourceView>(client, "/v1/sources", { items: "sources" })).items;
}

/** The one source of that id or name (letter case counts only where it must). Throws when there is none or several. */
export function findSource(sources: readonly SourceView[], idOrName: string): SourceView {
  const wanted = idOrName.toLowerCase();
  const attempts: ((s: SourceView) => boolean)[] = [
    (s) => s.id === wanted,
    (s) => s.name === idOrName && s.state === "active",
    (s) => s.name.toLowerCase() === wanted && s.state === "active",
    (s) => s.name.toLowerCase() === wanted,
  ];
  for (const matches of attempts) {
    const found = sources.filter(matches);
    const [first] = found;
    if (first !== undefined && found.length === 1) return first;
    if (found.length > 1)
      throw usageError(
        "Several sources have that name: give the id.",
        ...found.map((s) => `${s.id}  ${s.name}`),
      );
  }
  throw usageError("There is no source by that id or name.", "`candor source list` shows all.");
}
