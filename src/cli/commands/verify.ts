import { createReadStream, existsSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { Command } from "commander";
import type { Verdict } from "../../audit/index.ts";
import type { Context } from "../context.ts";
import { EXIT, usageError } from "../exit.ts";
import { printable } from "../text.ts";
import { collect } from "./arguments.ts";

const KINDS: Readonly<Record<Verdict["kind"], string>> = {
  log: "An exported audit log",
  entry: "A proof of one audit entry",
  growth: "A proof that the audit log only grew",
  certificate: "A certificate of what was done",
  unknown: "Not something that can be verified",
};

/** The lines of a file that may be much larger than the memory. */
async function* linesOf(path: string): AsyncGenerator<string> {
  const file = createReadStream(path, { encoding: "utf8" });
  try {
    yield* createInterface({ input: file, crlfDelay: Number.POSITIVE_INFINITY });
  } finally {
    file.destroy();
  }
}

/** A head as it was kept: the bare JWS, or the JSON that the server answered with. */
function readHead(path: string): string {
  const text = readFileSync(path, "utf8").trim();
  if (!text.startsWith("{")) return text;
  const { jws, treeHead } = JSON.parse(text) as { jws?: unknown; treeHead?: unknown };
  const found = jws ?? treeHead;
  if (typeof found !== "string")
    throw usageError("A head file holds a signed tree head: a JWS, or JSON with `jws`.");
  return found;
}

/** `candor verify FILE`: checks evidence from its file alone, without a server. */
export function verifyCommand(context: Context): Command {
  const { io } = context;
  return new Command("verify")
    .description("Verify a certificate, an exported audit log or a proof, offline, from the file alone.")
    .argument("<file>", "what `candor audit export`, `proof`, `growth` or `certificate` wrote")
    .option("--head <file>", "a signed tree head kept elsewhere; repeatable", collect)
    .option(
      "--trust <key-id>",
      "the only key to trust, by its id; compare it with the one that was published",
    )
    .option("--json", "print the verdict as JSON")
    .action(async (file: string, options: { head?: readonly string[]; trust?: string; json?: true }) => {
      if (!existsSync(file)) throw usageError(`There is no file ${file}.`);
      const { verifyEvidence } = await import("../../audit/index.ts");
      const verdict = await verifyEvidence(linesOf(file), {
        heads: (options.head ?? []).map(readHead),
        ...(options.trust === undefined ? {} : { keyId: options.trust }),
      });
      if (!verdict.ok) context.exitWith(EXIT.rejected);
      if (options.json) return io.out(JSON.stringify(verdict, null, 2));
      io.out(
        `${KINDS[verdict.kind]}: ${verdict.ok ? "VERIFIED" : "NOT VERIFIED"}`,
        ...verdict.holds.map((sentence) => `  holds  ${sentence}`),
        ...verdict.fails.map((sentence) => `  FAILS  ${sentence}`),
        ...verdict.notes.map((sentence) => `  note   ${sentence}`),
      );
      if (verdict.keyId !== null) io.out(`  key    ${printable(verdict.keyId)}`);
      if (verdict.ok && options.trust === undefined)
        io.note("Whoever writes the file can name a key of their own: compare it, or give it with --trust.");
    });
}
