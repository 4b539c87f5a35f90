import { generateImportTable } from "./generate-import-table.ts";
import { generateOpenApi } from "./generate-openapi.ts";
import { generateRows } from "./generate-rows.ts";
import { generateVerdicts } from "./generate-verdicts.ts";

/** One file of the repository that is made from other files, and the function that makes it. */
export interface Generator {
  readonly name: string;
  /** Path from the root of the repository. */
  readonly file: string;
  /** The whole text of the file; the same text for the same sources, wherever and whenever it runs. */
  generate(): Promise<string>;
}

/** `npm run generate` writes all of these; `npm run check` fails when one is stale. */
export const generators: readonly Generator[] = [
  { name: "row types", file: "src/db/rows.ts", generate: generateRows },
  { name: "import table", file: "docs/import-table.md", generate: generateImportTable },
  { name: "verdicts", file: "docs/verdicts.md", generate: generateVerdicts },
  { name: "OpenAPI document", file: "openapi.json", generate: generateOpenApi },
];
