import iconv from "iconv-lite";
import { AppError } from "../../src/kernel/problems.ts";

export const ENCODINGS = ["utf-8", "gb18030", "big5", "utf-16le", "utf-16be"] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** GB2312 and GBK are subsets of GB18030, so one decoder reads all three. */
const ALIASES: Readonly<Record<string, Encoding>> = {
  utf8: "utf-8",
  gbk: "gb18030",
  gb2312: "gb18030",
  cp936: "gb18030",
  "big5-hkscs": "big5",
  cp950: "big5",
  "utf-16": "utf-16le",
  utf16: "utf-16le",
  utf16le: "utf-16le",
  utf16be: "utf-16be",
};

/** The encoding of that name or alias, or null. */
export function findEncoding(name: string): Encoding | null {
  const lower = name.trim().toLowerCase();
  return ENCODINGS.find((e) => e === lower) ?? ALIASES[lower] ?? null;
}

/**
 * Stands in decoded text wherever bytes were not valid in the encoding. It is a lone surrogate, which no
 * encoding can produce, so a reader of rows finds the broken row (`bad-text`) and its neighbours stay whole.
 */
export const BAD_TEXT = "\uDFFF";

/** How much is looked at, from the first byte beyond ASCII, before an unmarked file's encoding is settled. */
const DECISION_BYTES = 256 * 1024;
/** How much is looked at for the NUL bytes that every UTF-16 table holds. */
const UTF16_BYTES = 4 * 1024;
/** Decoded in pieces, so that one huge chunk never becomes one huge string. */
const PIECE_BYTES = 64 * 1024;

export interface DecodedText {
  /** The text in pieces cut anywhere, but never between the halves of a surrogate pair. */
  readonly chunks: AsyncIterable<string>;
  /** What was decided; null until the stream was read far enough. Pure ASCII counts as UTF-8. */
  encoding(): Encoding | null;
}

interface Decoder {
  encoding(): Encoding | null;
  write(chunk: Buffer): string;
  end(): string;
}

/**
 * Decodes a stream of bytes: by its byte order mark, else as strict UTF-8, else as `stated`.
 *
 * The decision is made on bytes, never on language statistics. ASCII passes through until the first byte beyond
 * it; from there up to 256 KiB are held. Valid UTF-8 stays UTF-8. Otherwise, if a valid sequence of three or four
 * bytes stood before the first invalid one, the file is UTF-8 with broken rows; if only ASCII or two-byte sequences
 * did (GBK text falls into those by accident), the stated encoding takes over. The decision does not depend on
 * how the stream is cut. Memory stays bounded for any length.
 *
 * Invalid bytes of the decided encoding become {@link BAD_TEXT}. Throws `unknown-encoding`, naming the line, when
 * the bytes are not UTF-8 and nothing is stated; rows before that line may have been read already.
 */
export function decodeText(bytes: AsyncIterable<Uint8Array>, stated: Encoding | null): DecodedText {
  let decoder: Decoder | null = null;
  async function* chunks(): AsyncGenerator<string, void, undefined> {
    const needed = stated === "utf-16le" || stated === "utf-16be" ? UTF16_BYTES : 4;
    let head: Buffer = Buffer.alloc(0);
    for await (const part of bytes) {
      let chunk = Buffer.from(part.buffer, part.byteOffset, part.byteLength);
      if (decoder === null) {
        head = head.length === 0 ? chunk : Buffer.concat([head, chunk]);
        if (head.length < needed) continue;
        const start = startOf(head, stated);
        decoder = start.decoder;
        chunk = head.subarray(start.skip);
        head = Buffer.alloc(0);
      }
      for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
        const text = decoder.write(chunk.subarray(at, at + PIECE_BYTES));
        if (text !== "") yield text;
      }
    }
    if (decoder === null) {
      const start = startOf(head, stated);
      decoder = start.decoder;
      const text = decoder.write(head.subarray(start.skip));
      if (text !== "") yield text;
    }
    const rest = decoder.end();
    if (rest !== "") yield rest;
  }
  return { chunks: chunks(), encoding: () => decoder?.encoding() ?? null };
}

/** Chooses the decoder from the first bytes and says how many of them are a byte order mark. */
function startOf(head: Buffer, stated: Encoding | null): { decoder: Decoder; skip: number } {
  const starts = (...mark: number[]) => mark.every((b, i) => head[i] === b);
  if (starts(0xff, 0xfe, 0, 0) || starts(0, 0, 0xfe, 0xff)) {
    throw new AppError("unknown-encoding", {
      detail: "The file begins with a UTF-32 mark, which is not read here. Save it as UTF-8.",
    });
  }
  if (starts(0xef, 0xbb, 0xbf)) return { decoder: utf8Decoder(), skip: 3 };
  if (starts(0xff, 0xfe)) return { decoder: utf16Decoder("utf-16le"), skip: 2 };
  if (starts(0xfe, 0xff)) return { decoder: utf16Decoder("utf-16be"), skip: 2 };
  if (starts(0x84, 0x31, 0x95, 0x33)) return { decoder: multiByteDecoder("gb18030"), skip: 4 };
  if (stated === "utf-16le" || stated === "utf-16be") {
    const sample = head.subarray(0, UTF16_BYTES);
    const isUtf8 = !sample.includes(0) && examineUtf8(sample, head.length <= UTF16_BYTES).kind === "valid";
    return { decoder: isUtf8 ? undecidedDecoder(null) : utf16Decoder(stated), skip: 0 };
  }
  const zeros = [0, 1, 2, 3].map((i) => head[i] === 0).join();
  if (head.length >= 4 && (zeros === "false,true,false,true" || zeros === "true,false,true,false")) {
    throw new AppError("unknown-encoding", {
      detail:
        "The file looks like UTF-16 without its mark. State encoding utf-16le or utf-16be in the mapping.",
    });
  }
  return { decoder: undecidedDecoder(stated), skip: 0 };
}

function undecidedDecoder(stated: Exclude<Encoding, "utf-16le" | "utf-16be"> | null): Decoder {
  let decided: Decoder | null = null;
  let held: Buffer[] = [];
  let heldBytes = 0;
  let line = 1;

  function decide(isEnd: boolean): string {
    const all = Buffer.concat(held);
    held = [];
    const seen = examineUtf8(all.subarray(0, DECISION_BYTES), isEnd && all.length <= DECISION_BYTES);
    if (seen.kind === "valid" || seen.isCertain || stated === "utf-8") decided = utf8Decoder();
    else if (stated !== null) decided = multiByteDecoder(stated);
    else {
      throw new AppError("unknown-encoding", {
        detail:
          `Line ${line + seen.newlines} is not valid UTF-8 and the source states no other encoding. ` +
          "State it in the mapping: encoding gb18030 (also for GBK), big5, utf-16le or utf-16be.",
      });
    }
    return decided.write(all);
  }

  return {
    encoding: () => (decided === null ? "utf-8" : decided.encoding()),
    write(chunk) {
      if (decided !== null) return decided.write(chunk);
      let passed = "";
      let rest = chunk;
      if (heldBytes === 0) {
        const first = chunk.findIndex((b) => b > 0x7f);
        const ascii = first < 0 ? chunk : chunk.subarray(0, first);
        passed = ascii.toString("latin1");
        line += countNewlines(ascii);
        if (first < 0) return passed;
        rest = chunk.subarray(first);
      }
      held.push(Buffer.from(rest));
      heldBytes += rest.length;
      return heldBytes >= DECISION_BYTES ? passed + decide(false) : passed;
    },
    end() {
      const text = decided === null && heldBytes > 0 ? decide(true) : "";
      return text + (decided?.end() ?? "");
    },
  };
}

type Utf8Finding =
  | { readonly kind: "valid" }
  /** `isCertain`: a longer sequence was valid before the fault. `newlines`: how many stood before it. */
  | { readonly kind: "invalid"; readonly isCertain: boolean; readonly newlines: number };

function examineUtf8(bytes: Buffer, isEnd: boolean): Utf8Finding {
  const tail = isEnd ? 0 : incompleteTail(bytes);
  const body = bytes.subarray(0, bytes.length - tail);
  if (isStrictUtf8(body)) return { kind: "valid" };
  let isCertain = false;
  let newlines = 0;
  for (let i = 0; i < body.length; ) {
    const lead = body[i] as number;
    const length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (lead === 0x0a) newlines += 1;
    if (length > 1) {
      if (!isStrictUtf8(body.subarray(i, i + length))) break;
      if (length > 2) isCertain = true;
    }
    i += length;
  }
  return { kind: "invalid", isCertain, newlines };
}

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const looseUtf8 = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });

function isStrictUtf8(bytes: Buffer): boolean {
  return strictDecode(bytes) !== null;
}

function strictDecode(bytes: Buffer): string | null {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return null;
  }
}

/** How many bytes at the end begin a sequence that the next chunk may complete. */
function incompleteTail(bytes: Buffer): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] as number;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return (byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4) > back ? back : 0;
  }
  return 0;
}

function utf8Decoder(): Decoder {
  let carry: Buffer = Buffer.alloc(0);
  return {
    encoding: () => "utf-8",
    write(chunk) {
      const bytes = carry.length === 0 ? chunk : Buffer.concat([carry, chunk]);
      const cut = bytes.length - incompleteTail(bytes);
      carry = Buffer.from(bytes.subarray(cut));
      const body = bytes.subarray(0, cut);
      return strictDecode(body) ?? markBadLines(body);
    },
    end: () => (carry.length === 0 ? "" : BAD_TEXT),
  };
}

/** Decodes line by line, so that only the broken lines carry the mark. */
function markBadLines(bytes: Buffer): string {
  let text = "";
  for (let from = 0; from < bytes.length; ) {
    const newline = bytes.indexOf(0x0a, from);
    const to = newline < 0 ? bytes.length : newline + 1;
    const piece = bytes.subarray(from, to);
    text += strictDecode(piece) ?? looseUtf8.decode(piece).replaceAll("\uFFFD", BAD_TEXT);
    from = to;
  }
  return text;
}

/** iconv-lite writes U+FFFD for what it cannot read; a file that spells out U+FFFD was damaged before it came. */
function multiByteDecoder(encoding: "gb18030" | "big5" | "utf-8"): Decoder {
  const decoder = iconv.getDecoder(encoding);
  return {
    encoding: () => encoding,
    write: (chunk) => decoder.write(chunk).replaceAll("\uFFFD", BAD_TEXT),
    end: () => (decoder.end() ?? "").replaceAll("\uFFFD", BAD_TEXT),
  };
}

function utf16Decoder(encoding: "utf-16le" | "utf-16be"): Decoder {
  let carry: Buffer = Buffer.alloc(0);
  const decode = (bytes: Buffer) =>
    encoding === "utf-16le" ? bytes.toString("utf16le") : Buffer.from(bytes).swap16().toString("utf16le");
  return {
    encoding: () => encoding,
    write(chunk) {
      const bytes = carry.length === 0 ? chunk : Buffer.concat([carry, chunk]);
      let cut = bytes.length - (bytes.length % 2);
      const high = bytes[encoding === "utf-16le" ? cut - 1 : cut - 2];
      // A high surrogate waits for its other half.
      if (high !== undefined && high >= 0xd8 && high <= 0xdb) cut -= 2;
      carry = Buffer.from(bytes.subarray(cut));
      return decode(bytes.subarray(0, cut));
    },
    end: () => (carry.length === 0 ? "" : BAD_TEXT),
  };
}

function countNewlines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) count += 1;
  return count;
}
