import { readFile, writeFile } from "node:fs/promises";
import { generators } from "./generators.ts";

const root = new URL("../", import.meta.url);

async function readIfThere(file: URL): Promise<string | null> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

/** The first line in which two texts differ, counted from 1. */
function firstDifference(a: string, b: string): number {
  const [left, right] = [a.split("\n"), b.split("\n")];
  let line = 0;
  while (line < left.length && left[line] === right[line]) line++;
  return line + 1;
}

/** Compares every generated file with what its generator makes now; with `--write`, writes the new text instead. */
async function main(write: boolean): Promise<number> {
  let stale = 0;
  for (const { name, file, generate } of generators) {
    const path = new URL(file, root);
    const [wanted, present] = [await generate(), await readIfThere(path)];
    if (wanted === present) {
      console.log(`${file}: up to date`);
    } else if (write) {
      await writeFile(path, wanted);
      console.log(`${file}: written (${name})`);
    } else {
      stale++;
      const where = present === null ? "is missing" : `differs from line ${firstDifference(wanted, present)}`;
      console.error(`${file}: ${where} (${name}); run: npm run generate`);
    }
  }
  return stale;
}

process.exitCode = (await main(process.argv.includes("--write"))) === 0 ? 0 : 1;
