import { MAX_RECORD } from "./file-row.ts";

/** One physical line. An overlong one carries only its beginning. */
export interface Line {
  readonly no: number;
  readonly text: string;
  readonly isOverlong: boolean;
}

/** Cuts text that arrives in pieces into lines, holding at most one line of {@link MAX_RECORD} in memory. */
export interface LineCutter {
  push(text: string, take: (line: Line) => void): void;
  end(take: (line: Line) => void): void;
}

/** `newline` is "\n" (a "\r" before it is dropped) or, for files of the classic Mac OS, "\r". */
export function lineCutter(newline: "\n" | "\r"): LineCutter {
  let rest = "";
  let no = 1;
  let isSkipping = false;

  return {
    push(text, take) {
      let from = 0;
      let searchFrom = rest.length;
      const all = rest === "" ? text : rest + text;
      for (;;) {
        const at = all.indexOf(newline, searchFrom);
        if (at < 0) break;
        if (isSkipping) isSkipping = false;
        else {
          const to = newline === "\n" && at > from && all.charCodeAt(at - 1) === 13 ? at - 1 : at;
          take(lineOf(all.slice(from, to), no));
        }
        from = at + 1;
        searchFrom = from;
        no += 1;
      }
      rest = isSkipping ? "" : all.slice(from);
      if (rest.length > MAX_RECORD) {
        take(lineOf(rest, no));
        isSkipping = true;
        rest = "";
      }
    },
    end(take) {
      if (!isSkipping && rest !== "") take(lineOf(rest.endsWith("\r") ? rest.slice(0, -1) : rest, no));
      rest = "";
    },
  };
}

function lineOf(text: string, no: number): Line {
  return text.length > MAX_RECORD
    ? { no, text: text.slice(0, MAX_RECORD), isOverlong: true }
    : { no, text, isOverlong: false };
}
