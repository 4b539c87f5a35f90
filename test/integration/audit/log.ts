import { type AuditEntry, commitment } from "../../../src/audit/entry.ts";
import { type AuditTarget, sequenceAudit } from "../../../src/audit/index.ts";
import { sql } from "../../../src/db/index.ts";
import type { TestServer } from "../../setup/server.ts";

/** An entry as the door of the log tells it, with the salts that open its commitments. */
export interface ToldEntry extends AuditEntry {
  /** Its exact text. */
  readonly text: string;
  readonly salts: readonly Buffer[];
}

/** Every entry of an action, the oldest first, read through the door. */
export async function toldOf(server: TestServer, action: string): Promise<ToldEntry[]> {
  const { db } = server.database;
  await sequenceAudit(db);
  const answer = await server.call<{ items: { entry: string }[] }>(
    "GET",
    `/v1/audit?action=${action}&sort=seq&limit=500`,
  );
  if (answer.status !== 200) throw new Error(`the log answered ${answer.status}`);
  return Promise.all(
    answer.body.items.map(async ({ entry: text }) => {
      const entry = JSON.parse(text) as AuditEntry;
      const salts = await db.query<{ salt: Buffer }>(
        sql`select salt from audit_salt where entry_id = ${entry.id}::uuid order by target`,
      );
      return { ...entry, text, salts: salts.map((s) => s.salt) };
    }),
  );
}

/** Whether these, in any order, are all that the entry was about. */
export function isAbout(entry: ToldEntry, targets: readonly AuditTarget[]): boolean {
  const told = (entry.targets ?? []).map((t) => `${t.kind} ${t.commitment}`);
  const left = new Set(told);
  for (const { kind, id } of targets)
    for (const salt of entry.salts) left.delete(`${kind} ${commitment(salt, id)}`);
  return left.size === 0 && told.length === targets.length;
}
