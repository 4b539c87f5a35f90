import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Where the data sets lie: beside the repository, never in it. */
const FOLDER = new URL("../../../shared/data/", import.meta.url);

/** The bytes of one file of the data sets. Throws when it is not there. */
export function readBytes(path: string): Buffer {
  return readFileSync(new URL(path, FOLDER));
}

/** The text of one file of the data sets, without a byte order mark. Throws when it is not there. */
export function readText(path: string): string {
  return readBytes(path)
    .toString("utf8")
    .replace(/^\uFEFF/, "");
}

/** The names of the files in one folder of the data sets, sorted. */
export function listFiles(folder: string): string[] {
  return readdirSync(new URL(`${folder}/`, FOLDER)).sort();
}

/** Why a set cannot be tried here, or null when all that it needs is there. */
export function missingReason(needs: readonly string[]): string | null {
  if (!existsSync(FOLDER)) return `there is no folder ${fileURLToPath(FOLDER)}`;
  const missing = needs.filter((path) => !existsSync(new URL(path, FOLDER)));
  return missing.length === 0 ? null : `${missing.join(", ")} not found in ${fileURLToPath(FOLDER)}`;
}
