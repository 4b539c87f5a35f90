import { expect } from "chai";
import type { Answer, TestServer } from "../../setup/server.ts";

export interface FileAnswer {
  readonly rows: number;
  readonly counts: { accepted: number; duplicate: number; quarantined: number; refused: number };
  readonly reasons: readonly { code: string; count: number; firstLine: number; detail: string }[];
  readonly rejected: readonly { line: number; code: string; detail: string; quarantineId: string | null }[];
  readonly encoding: string | null;
  readonly missingColumns: readonly { column: string; isFatal: boolean }[];
  readonly unmappedColumns: readonly string[];
  readonly code?: string;
  readonly detail?: string;
}

export interface Source {
  readonly id: string;
  readonly writeKey: string;
}

/** Sends a file with the source's own key; `query` begins with `?`. */
export function sendFile(
  server: TestServer,
  source: Source,
  file: string | Uint8Array,
  query = "",
  headers: Record<string, string> = {},
): Promise<Answer<FileAnswer>> {
  return server.call<FileAnswer>("POST", `/v1/sources/${source.id}/files${query}`, {
    raw: file,
    key: source.writeKey,
    headers: { "content-type": "text/csv", ...headers },
  });
}

/** Imports a file and answers its counts as [accepted, duplicate, quarantined]. */
export async function importCounts(
  server: TestServer,
  source: Source,
  file: string | Uint8Array,
): Promise<[number, number, number]> {
  const answer = await sendFile(server, source, file);
  expect(answer.status, JSON.stringify(answer.body)).to.equal(200);
  const { accepted, duplicate, quarantined } = answer.body.counts;
  return [accepted, duplicate, quarantined];
}

export interface QuarantinedItem {
  readonly id: string;
  readonly code: string;
  readonly detail: string;
  readonly place: string | null;
  readonly state: string;
  readonly attempts: number;
}

/** Open quarantined items of a source. */
export async function quarantineOf(server: TestServer, sourceId: string, state = "open") {
  const answer = await server.call<{ items: QuarantinedItem[] }>(
    "GET",
    `/v1/quarantine?source=${sourceId}&state=${state}&limit=500`,
  );
  expect(answer.status, JSON.stringify(answer.body)).to.equal(200);
  return answer.body.items;
}

export interface ReplayAnswer {
  readonly tried: number;
  readonly accepted: number;
  readonly duplicate: number;
  readonly quarantined: number;
  readonly results: readonly { id: string; status: string; code?: string }[];
}

/** Replays what the filter names. */
export async function replay(server: TestServer, filter: Record<string, unknown>): Promise<ReplayAnswer> {
  const answer = await server.call<ReplayAnswer>("POST", "/v1/quarantine/replay", { body: filter });
  expect(answer.status, JSON.stringify(answer.body)).to.equal(200);
  return answer.body;
}
