/** Bytes as PostgreSQL's hex input for a bytea column of `jsonb_to_recordset`. */
export function hex(bytes: Buffer): string {
  return `\\x${bytes.toString("hex")}`;
}

/** A batch as the one JSON parameter of a statement: `jsonb_to_recordset(${rows(batch)}::jsonb)`. */
export function rows(batch: readonly object[]): string {
  return JSON.stringify(batch);
}
