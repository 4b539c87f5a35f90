import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { sameText } from "./signature.ts";

/** WeChat pads to blocks of 32 bytes, twice the cipher's own. */
const BLOCK = 32;
const RANDOM_LENGTH = 16;
const HEADER_LENGTH = RANDOM_LENGTH + 4;

/** The key and IV that an EncodingAESKey (43 characters) stands for: 32 bytes, of which the first 16 are the IV. */
function keyOf(encodingAesKey: string): { key: Buffer; iv: Buffer } {
  const key = Buffer.from(`${encodingAesKey}=`, "base64");
  return { key, iv: key.subarray(0, 16) };
}

/**
 * Encrypts a message as WeChat's secure mode does: AES-256-CBC over 16 random bytes, the message's length
 * (uint32, big endian), the message and the app id, padded to 32. Answers base64.
 */
export function sealMessage(
  encodingAesKey: string,
  appId: string,
  message: Buffer,
  random: Buffer = randomBytes(RANDOM_LENGTH),
): string {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(message.length);
  const content = Buffer.concat([
    random.subarray(0, RANDOM_LENGTH),
    length,
    message,
    Buffer.from(appId, "utf8"),
  ]);
  const pad = BLOCK - (content.length % BLOCK);
  const { key, iv } = keyOf(encodingAesKey);
  const cipher = createCipheriv("aes-256-cbc", key, iv).setAutoPadding(false);
  return Buffer.concat([
    cipher.update(content),
    cipher.update(Buffer.alloc(pad, pad)),
    cipher.final(),
  ]).toString("base64");
}

/**
 * Opens a message sealed for `appId`; null for anything else, whatever is wrong with it. Only call this on a
 * ciphertext whose signature was verified, and give one answer for null and for a bad signature: the cipher has no
 * integrity of its own, and a distinguishable padding fault would let a stranger decrypt byte by byte.
 */
export function openMessage(encodingAesKey: string, appId: string, sealed: string): Buffer | null {
  if (sealed.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(sealed)) return null;
  const bytes = Buffer.from(sealed, "base64");
  if (bytes.length === 0 || bytes.length % BLOCK !== 0) return null;
  const { key, iv } = keyOf(encodingAesKey);
  const decipher = createDecipheriv("aes-256-cbc", key, iv).setAutoPadding(false);
  const padded = Buffer.concat([decipher.update(bytes), decipher.final()]);
  const content = withoutPadding(padded);
  if (content === null || content.length < HEADER_LENGTH) return null;
  const length = content.readUInt32BE(RANDOM_LENGTH);
  if (length > content.length - HEADER_LENGTH) return null;
  const message = content.subarray(HEADER_LENGTH, HEADER_LENGTH + length);
  const receiver = content.subarray(HEADER_LENGTH + length).toString("utf8");
  return sameText(receiver, appId) ? message : null;
}

/** Every padding byte is checked, without leaving early. */
function withoutPadding(padded: Buffer): Buffer | null {
  const pad = padded[padded.length - 1] ?? 0;
  if (pad < 1 || pad > BLOCK) return null;
  let difference = 0;
  for (const byte of padded.subarray(padded.length - pad)) difference |= byte ^ pad;
  return difference === 0 ? padded.subarray(0, padded.length - pad) : null;
}
