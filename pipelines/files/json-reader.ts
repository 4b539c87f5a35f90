import { REASONS, type ReasonCode, type Rejection, rejection } from "../../src/kernel/verdicts.ts";
import { checkShape, parseJson } from "../steps/index.ts";
import { badRow, type FileRow, isBadText, MAX_RECORD, type RowReader } from "./file-row.ts";
import { lineCutter } from "./line-cutter.ts";

type Parsed =
  | { readonly kind: "ok"; readonly value: Readonly<Record<string, unknown>> }
  | { readonly kind: "bad"; readonly rejection: Rejection };

/** Reads one JSON object within the limits of an item; whole numbers beyond 2^53 come out as text, digit for digit. */
function parseJsonObject(text: string, where: string): Parsed {
  const bad = (code: ReasonCode, detail: string): Parsed => ({
    kind: "bad",
    rejection: rejection(code, `${where}: ${detail}`),
  });
  if (isBadText(text)) return bad("bad-text", REASONS["bad-text"]);
  const parsed = parseJson(text);
  if (parsed.kind === "bad") return bad(parsed.fault, REASONS[parsed.fault]);
  const shaped = checkShape(parsed.value);
  return shaped.kind === "ok"
    ? { kind: "ok", value: shaped.value }
    : bad(shaped.rejection.code, shaped.rejection.detail);
}

function rowOf(line: number, text: string, where: string): FileRow {
  const parsed = parseJsonObject(text, where);
  return parsed.kind === "ok"
    ? { kind: "object", line, value: parsed.value }
    : badRow(line, parsed.rejection, text);
}

function tooLarge(line: number, text: string, what: string): FileRow {
  return badRow(
    line,
    rejection("too-large", `The ${what} on line ${line} is longer than ${MAX_RECORD} characters.`),
    text,
  );
}

/** Newline-delimited JSON: one object a line. A broken line harms no other. */
export function ndjsonReader(): RowReader {
  const cutter = lineCutter("\n");
  const readerOf = (out: FileRow[]) => (line: { no: number; text: string; isOverlong: boolean }) => {
    if (line.isOverlong) out.push(tooLarge(line.no, line.text, "object"));
    else if (line.text.trim() !== "") out.push(rowOf(line.no, line.text, `Line ${line.no}`));
  };
  return {
    columns: () => null,
    push(text) {
      const out: FileRow[] = [];
      cutter.push(text, readerOf(out));
      return out;
    },
    end() {
      const out: FileRow[] = [];
      cutter.end(readerOf(out));
      return out;
    },
  };
}

/**
 * A JSON array of objects, or one object, on any number of lines, read element by element: memory holds one element
 * of at most {@link MAX_RECORD}. A malformed element with balanced brackets harms no other; after unbalanced ones
 * the rest of the array cannot be told apart and is reported as one `invalid-json` row.
 */
export function jsonReader(): RowReader {
  let phase: "before" | "between" | "element" | "after" | "trailing" = "before";
  let isArray = false;
  let line = 1;
  let startLine = 1;
  let depth = 0;
  let isInString = false;
  let isEscaped = false;
  let parts: string[] = [];
  let size = 0;
  let needsElement = false;

  function keep(piece: string): void {
    size += piece.length;
    if (size <= MAX_RECORD) parts.push(piece);
    else if (parts.length > 1) parts = [parts.join("").slice(0, MAX_RECORD)];
  }

  function finish(): FileRow {
    const text = parts.join("");
    const wasTooLarge = size > MAX_RECORD;
    parts = [];
    size = 0;
    return wasTooLarge
      ? tooLarge(startLine, text, "object that begins")
      : rowOf(startLine, text.trimEnd(), `The element on line ${startLine}`);
  }

  function broken(detail: string): FileRow {
    return badRow(line, rejection("invalid-json", detail), "");
  }

  function push(text: string): FileRow[] {
    const out: FileRow[] = [];
    let from = phase === "element" ? 0 : -1;
    for (let i = 0; i < text.length; i++) {
      const c = text.charCodeAt(i);
      if (c === 10) line += 1;
      if (phase === "element") {
        if (isInString) {
          if (isEscaped) isEscaped = false;
          else if (c === 92) isEscaped = true;
          else if (c === 34) isInString = false;
          continue;
        }
        if (c === 34) isInString = true;
        else if (c === 123 || c === 91) depth += 1;
        else if ((c === 125 || c === 93) && depth > 0) {
          depth -= 1;
          if (depth === 0 && !isArray) {
            keep(text.slice(from, i + 1));
            out.push(finish());
            phase = "after";
          }
        } else if (depth === 0 && (c === 44 || c === 93)) {
          keep(text.slice(from, i));
          out.push(finish());
          phase = c === 44 ? "between" : "after";
          needsElement = c === 44;
        }
        continue;
      }
      if (c === 32 || c === 9 || c === 10 || c === 13) continue;
      if (phase === "before" && c === 91) {
        isArray = true;
        phase = "between";
      } else if (phase === "between" && c === 93 && !needsElement) phase = "after";
      else if (phase === "between" && (c === 44 || c === 93)) {
        out.push(broken(`An element is missing on line ${line}.`));
        if (c === 93) phase = "after";
      } else if (phase === "between" || (phase === "before" && c === 123)) {
        phase = "element";
        needsElement = false;
        startLine = line;
        depth = 0;
        from = i;
        // This character opens the element; look at it again as part of it.
        i -= 1;
        if (c === 10) line -= 1;
      } else if (phase !== "trailing") {
        out.push(
          broken(
            phase === "before"
              ? "The file is neither a JSON array nor an object."
              : `Something follows the end of the JSON on line ${line}.`,
          ),
        );
        phase = "trailing";
      }
    }
    if (phase === "element") keep(text.slice(from));
    return out;
  }

  return {
    columns: () => null,
    push,
    end() {
      if (phase === "after" || phase === "trailing") return [];
      if (phase === "before") return [];
      const began =
        phase === "element" ? ` The element that begins on line ${startLine} is not complete.` : "";
      const text = parts.join("");
      return [badRow(line, rejection("invalid-json", `The file ends before its JSON does.${began}`), text)];
    },
  };
}
