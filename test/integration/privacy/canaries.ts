import { randomBytes, randomInt } from "node:crypto";

/**
 * Personal values that exist nowhere else in the world, one for each place where a sender may put something about a
 * person. All words share one random marker, so that a sweep needs to look for few things only.
 */
export interface Canaries {
  /** A word that tells what it stands for and carries the marker. */
  word(label: string): string;
  readonly email: string;
  readonly secondEmail: string;
  /** A Taiwanese mobile number, in national form. */
  readonly phone: string;
  /** Beyond 2^53, written as a JSON number. */
  readonly weiboUid: string;
  readonly ip: string;
  /** A name in Chinese characters that no other text holds. */
  readonly chineseName: string;
  /** What a sweep looks for. */
  readonly needles: readonly Needle[];
}

export interface Needle {
  /** What was found, and how it was spelled: never the value itself. */
  readonly label: string;
  readonly bytes: Buffer;
}

const LETTERS = "bcdfghjkmnpqrstvwxz";

function randomLetters(count: number): string {
  return Array.from(randomBytes(count), (b) => LETTERS[b % LETTERS.length]).join("");
}

/** The characters of base64 that depend on `value` alone, wherever it stands in what was encoded. */
function base64Cores(value: Buffer): string[] {
  return [0, 1, 2].map((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), value])
      .toString("base64")
      .replace(/=+$/, "");
    const start = Math.ceil((before * 8) / 6);
    const whole = Math.floor(((before + value.length) * 8) / 6);
    return encoded.slice(start, whole);
  });
}

/** Every spelling under which a value may turn up in rows, files, logs and dumps. */
export function spellingsOf(label: string, value: string): Needle[] {
  const utf8 = Buffer.from(value, "utf8");
  const hex = utf8.toString("hex");
  const escaped = [...value]
    .map((c) =>
      (c.codePointAt(0) as number) > 0x7f
        ? `\\u${(c.codePointAt(0) as number).toString(16).padStart(4, "0")}`
        : c,
    )
    .join("");
  const texts: (readonly [string, string])[] = [
    ["as it is", value],
    ["in capitals", value.toUpperCase()],
    ["in hex", hex],
    ["in capital hex", hex.toUpperCase()],
    ["percent-encoded", encodeURIComponent(value)],
    ["escaped", escaped],
    ...base64Cores(utf8).map((core, i) => [`in base64 at ${i}`, core] as const),
  ];
  const seen = new Set<string>();
  const needles = texts
    .filter(([, text]) => !seen.has(text) && seen.add(text))
    .map(([how, text]) => ({ label: `${label} ${how}`, bytes: Buffer.from(text, "utf8") }));
  return [...needles, { label: `${label} in UTF-16LE`, bytes: Buffer.from(value, "utf16le") }];
}

export function makeCanaries(): Canaries {
  const marker = randomLetters(12);
  const digits = Array.from({ length: 8 }, () => randomInt(1, 10)).join("");
  const phone = `09${digits}`;
  const weiboUid = `7${Array.from({ length: 18 }, () => randomInt(1, 10)).join("")}`;
  const group = () => randomInt(0x1000, 0xffff).toString(16);
  const ip = `2001:db8:${group()}:${group()}:${group()}:${group()}:${group()}:${group()}`;
  const ideograph = () => String.fromCodePoint(randomInt(0x3400, 0x4db0));
  const chineseName = ideograph() + ideograph() + ideograph();
  return {
    word: (label) => `${label}${marker}`,
    email: `mail${marker}@canary.example`,
    secondEmail: `second.${marker}@canary.example`,
    phone,
    weiboUid,
    ip,
    chineseName,
    needles: [
      ...spellingsOf("a marked word", marker),
      // Without the leading zero, as it stands in E.164 too.
      ...spellingsOf("a phone number", phone.slice(1)),
      ...spellingsOf("a Weibo id", weiboUid),
      ...spellingsOf("an address of a device", ip),
      ...spellingsOf("a Chinese name", chineseName),
    ],
  };
}

/** What of the needles stands in some bytes: where it was looked for, what it is, and how it is spelled. */
export function findLeaks(needles: readonly Needle[], where: string, bytes: Buffer | string): string[] {
  const hay = typeof bytes === "string" ? Buffer.from(bytes, "utf8") : bytes;
  return needles.filter((n) => hay.includes(n.bytes)).map((n) => `${where}: ${n.label}`);
}
