import { readFileSync } from "node:fs";
import { parseDocument } from "yaml";
import { usageError } from "./exit.ts";
import type { Io } from "./io.ts";
import { printable } from "./text.ts";

/** Text of a file, or of standard input for `-`. */
export async function readTextOf(path: string, io: Io): Promise<string> {
  if (path === "-") return io.readStdin();
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw fileError(path, error);
  }
}

/** What the system says of a file that cannot be opened. */
export function fileError(path: string, error: unknown): Error {
  const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
  const said: Record<string, string> = {
    ENOENT: "There is no such file",
    EACCES: "This file may not be opened",
    EISDIR: "This is a directory",
    ENOTDIR: "There is no such directory",
  };
  return usageError(`${said[code] ?? `This file cannot be used (${code})`}: ${printable(path)}`);
}

/** A JSON or YAML document (JSON is YAML) as an object. The parser's message names the place, never the content. */
export async function readObject(path: string, io: Io): Promise<Record<string, unknown>> {
  const text = await readTextOf(path, io);
  const document = parseDocument(text, { prettyErrors: false, uniqueKeys: true, logLevel: "silent" });
  const [error] = document.errors;
  if (error !== undefined) {
    const line = text.slice(0, error.pos[0]).split("\n").length;
    throw usageError(`${printable(path)} is neither YAML nor JSON: line ${line} (${error.code}).`);
  }
  // Aliases are few in a mapping written by hand; a document that multiplies itself is refused by this limit.
  const value: unknown = document.toJS({ maxAliasCount: 100 });
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw usageError(`${printable(path)} holds no object of names and values.`);
  return value as Record<string, unknown>;
}
