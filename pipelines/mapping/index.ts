export { type Missing, missingColumns } from "./columns.ts";
export { defaultEvent, defaultMapping } from "./default-mapping.ts";
export { type FileMapping, FileMappingSchema, ROW_EVENTS, type RowEvent } from "./mapping.schema.ts";
export { mappingWarnings } from "./mapping-warnings.ts";
export { parseRow } from "./parse-row.ts";
export { asRawRow, type RawRow } from "./raw-row.ts";
export type { RowDeps } from "./row-context.ts";
export { type MappingResult, mappingOf, validateMapping } from "./validate-mapping.ts";
