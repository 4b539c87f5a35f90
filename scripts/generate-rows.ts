import { migrateStore } from "../src/app/index.ts";
import { openPglite, sql } from "../src/db/index.ts";

interface Column {
  readonly table: string;
  readonly column: string;
  readonly type: string;
  readonly nullable: boolean;
}

/** What the drivers hand out for each PostgreSQL type (see `Tx` in src/db/db.ts). */
const TYPES: Readonly<Record<string, string>> = {
  bytea: "Buffer",
  timestamptz: "Date",
  date: "Date",
  bool: "boolean",
  int2: "number",
  int4: "number",
  int8: "number",
  float8: "number",
  numeric: "string",
  json: "unknown",
  jsonb: "unknown",
};

function typeOf(name: string): string {
  return name.startsWith("_") ? `${typeOf(name.slice(1))}[]` : (TYPES[name] ?? "string");
}

function pascal(name: string): string {
  return name.replace(/(^|_)([a-z])/g, (_, __, letter: string) => letter.toUpperCase());
}

/** Row types of every table, read from the catalogue of a freshly migrated store. */
export async function generateRows(): Promise<string> {
  const db = await openPglite(null);
  try {
    await migrateStore(db);
    const columns = await db.query<Column>(sql`
      select table_name as "table", column_name as "column", udt_name as type, is_nullable = 'YES' as nullable
      from information_schema.columns where table_schema = 'public'
      order by table_name, ordinal_position`);
    const tables = new Map<string, Column[]>();
    for (const c of columns) tables.set(c.table, [...(tables.get(c.table) ?? []), c]);
    const interfaces = [...tables].map(([table, own]) => {
      const fields = own.map(
        (c) => `  readonly ${c.column}: ${typeOf(c.type)}${c.nullable ? " | null" : ""};`,
      );
      return `export interface ${pascal(table)}Row {\n${fields.join("\n")}\n}\n`;
    });
    const names = [...tables.keys()].map((t) => `  readonly ${t}: ${pascal(t)}Row;`);
    return [
      "// Made by `npm run generate` from the migrated schema. Do not edit.\n",
      ...interfaces,
      `/** Every table of the main store. */\nexport interface Tables {\n${names.join("\n")}\n}\n`,
    ].join("\n");
  } finally {
    await db.close();
  }
}
