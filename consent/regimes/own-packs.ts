import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { AppError, type FieldProblem } from "../../src/kernel/problems.ts";
import type { RegimeId } from "../vocabulary.ts";
import { checkRegimePack } from "./check-pack.ts";
import type { RegimePack } from "./regime.schema.ts";
import { BUILT_IN_REGIMES, type RegimePacks } from "./regimes.ts";

/**
 * The packs in force: those that come with Candor, and above them every `*.json` of a folder of the operator's own, each
 * a whole pack that replaces the one of its id or adds another law. Throws one `invalid-settings` that names each file,
 * the place in it and what is expected there.
 */
export function loadRegimes(folder: string | null): RegimePacks {
  if (folder === null) return BUILT_IN_REGIMES;
  const problems: FieldProblem[] = [];
  const own = new Map<RegimeId, { readonly file: string; readonly pack: RegimePack }>();
  for (const file of packFiles(folder)) {
    const read = readPack(join(folder, file));
    if (read.kind === "faulty") {
      problems.push(
        ...read.problems.map((p) => ({ ...p, path: p.path === "/" ? file : `${file}${p.path}` })),
      );
      continue;
    }
    const { pack } = read;
    const other = own.get(pack.id)?.file;
    if (other === undefined) own.set(pack.id, { file, pack });
    else problems.push({ path: `${file}/id`, code: "duplicate", message: `is the id of ${other} too` });
  }
  const packs: RegimePacks = new Map([
    ...BUILT_IN_REGIMES,
    ...[...own].map(([id, { pack }]) => [id, pack] as const),
  ]);
  for (const { file, pack } of own.values()) problems.push(...overlaps(file, pack, packs));
  if (problems.length === 0) return packs;
  throw new AppError("invalid-settings", {
    detail: problems.map((p) => `${p.path} ${p.message}`).join("; "),
    errors: problems,
  });
}

function packFiles(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(".json"))
      .sort();
  } catch (cause) {
    const message = "must be a folder of regime packs that can be read";
    throw new AppError("invalid-settings", {
      detail: `CANDOR_REGIMES_DIR ${message}`,
      errors: [{ path: "CANDOR_REGIMES_DIR", code: "unreadable", message }],
      cause,
    });
  }
}

function readPack(path: string): ReturnType<typeof checkRegimePack> {
  const faulty = (code: string, message: string) => ({
    kind: "faulty" as const,
    problems: [{ path: "/", code, message }],
  });
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return faulty("unreadable", "cannot be read");
  }
  try {
    return checkRegimePack(JSON.parse(text));
  } catch (error) {
    return faulty("unparsable", `is not JSON${lineOf(error, text)}`);
  }
}

/** The line on which reading stopped, where the engine says so. */
function lineOf(error: unknown, text: string): string {
  const at = error instanceof SyntaxError ? /at position (\d+)/.exec(error.message)?.[1] : undefined;
  return at === undefined ? "" : `, from line ${text.slice(0, Number(at)).split("\n").length} on`;
}

/** Two laws that claim one place: which of them would protect a person could not be told. */
function overlaps(file: string, pack: RegimePack, packs: RegimePacks): FieldProblem[] {
  return pack.territory.flatMap((place, i) => {
    const rival = [...packs.values()].find(
      (other) =>
        other.id !== pack.id &&
        other.territory.some(
          ({ country, regions }) =>
            country === place.country &&
            (regions === undefined
              ? place.regions === undefined
              : regions.some((region) => place.regions?.includes(region) === true)),
        ),
    );
    return rival === undefined
      ? []
      : [{ path: `${file}/territory/${i}`, code: "claimed", message: `is the place of ${rival.id} too` }];
  });
}
