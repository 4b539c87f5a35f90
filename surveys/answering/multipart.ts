import type { Fields } from "./form.ts";

const MOST_PARTS = 2_000;
const LONGEST_HEADER = 4_096;

/** The boundary of `multipart/form-data`; null for any other kind of body. */
export function boundaryOf(contentType: string | undefined): string | null {
  const match = /^multipart\/form-data;.*?\bboundary=(?:"([^"]{1,70})"|([^\s;]{1,70}))/i.exec(
    contentType ?? "",
  );
  return match?.[1] ?? match?.[2] ?? null;
}

/** The last part of a path, without what no name of a file needs. */
function plainName(name: string): string {
  const last = name.split(/[\\/]/).at(-1) ?? "";
  return last.replace(/\p{C}/gu, "").trim().slice(0, 100) || "file";
}

/**
 * Reads a form with files (RFC 7578), as a browser without script sends it. A file becomes a value of its field: a list
 * of one `{name, type, content}` as JSON, with the content as a data URL, just as a page with script writes it. A field
 * for a file that was left empty is left out. Reading ends at what is no part: the rest is missing, never guessed.
 */
export function readMultipart(body: Buffer, boundary: string): Fields {
  const fields = new Map<string, string[]>();
  const mark = Buffer.from(`--${boundary}`, "latin1");
  let at = body.indexOf(mark);
  for (let n = 0; at >= 0 && n < MOST_PARTS; n++) {
    const start = at + mark.length;
    if (body.subarray(start, start + 2).toString("latin1") !== "\r\n") break;
    const headersEnd = body.indexOf("\r\n\r\n", start);
    if (headersEnd < 0 || headersEnd - start > LONGEST_HEADER) break;
    const end = body.indexOf(Buffer.concat([Buffer.from("\r\n"), mark]), headersEnd + 2);
    if (end < 0) break;
    const headers = body.subarray(start + 2, headersEnd).toString("utf8");
    const content = body.subarray(Math.min(headersEnd + 4, end), end);
    at = end + 2;
    const name = /^content-disposition:[^\r\n]*?;\s*name="([^"\r\n]*)"/im.exec(headers)?.[1];
    if (name === undefined) continue;
    const file = /^content-disposition:[^\r\n]*?;\s*filename="([^"\r\n]*)"/im.exec(headers)?.[1];
    if (file !== undefined && content.length === 0) continue;
    const type = /^content-type:\s*([\w.+-]+\/[\w.+-]+)/im.exec(headers)?.[1]?.toLowerCase() ?? "";
    const value =
      file === undefined
        ? content.toString("utf8")
        : JSON.stringify([
            { name: plainName(file), type, content: `data:${type};base64,${content.toString("base64")}` },
          ]);
    const values = fields.get(name);
    if (values === undefined) fields.set(name, [value]);
    else values.push(value);
  }
  return fields;
}
