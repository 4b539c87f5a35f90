export { csvLine, escapeFormula } from "../../src/kernel/csv.ts";
export { decodeText, ENCODINGS, type Encoding, findEncoding } from "./decode.ts";
export { type FileItem, type FileReading, readFileItems } from "./file-items.ts";
export type { FileRow } from "./file-row.ts";
export { type FilePreview, type MappedRow, type PreviewOptions, previewFile } from "./preview.ts";
export { type OpenedFile, openRows, type RowFormat, type RowOptions } from "./rows.ts";
