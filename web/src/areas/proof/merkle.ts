const hexOf = (bytes: Uint8Array) => [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");
const bytesOf = (hex: string) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

async function sha256(prefix: number, ...parts: readonly Uint8Array[]): Promise<Uint8Array> {
  const all = new Uint8Array(1 + parts.reduce((n, p) => n + p.length, 0));
  all[0] = prefix;
  let at = 1;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return new Uint8Array(await crypto.subtle.digest("SHA-256", all));
}

/**
 * The root that an entry and its path lead to (RFC 9162 §2.1.3.2, the verification that RFC 6962's paths need),
 * as hex; null when the path cannot belong to that position.
 */
export async function rootFrom(
  entry: string,
  seq: number,
  size: number,
  path: readonly string[],
): Promise<string | null> {
  if (seq >= size) return null;
  let fn = seq;
  let sn = size - 1;
  let r = await sha256(0, new TextEncoder().encode(entry));
  for (const hex of path) {
    if (sn === 0) return null;
    const p = bytesOf(hex);
    if (fn % 2 === 1 || fn === sn) {
      r = await sha256(1, p, r);
      while (fn % 2 === 0 && fn !== 0) {
        fn = Math.floor(fn / 2);
        sn = Math.floor(sn / 2);
      }
    } else r = await sha256(1, r, p);
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
  }
  return sn === 0 ? hexOf(r) : null;
}

/** What a compact JWS states; its signature is checked offline with `candor verify`. */
export function payloadOf(jws: string): { readonly size: number; readonly root: string } {
  const part = (jws.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/");
  return JSON.parse(atob(part)) as { size: number; root: string };
}
