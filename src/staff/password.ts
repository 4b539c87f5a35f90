import { hash, verify } from "@node-rs/argon2";

/**
 * argon2id with 19 MiB, two passes and one lane: the first recommendation of the OWASP Password Storage Cheat Sheet,
 * which RFC 9106 §4 allows for memory-constrained servers. One check costs some 25 ms of one core.
 */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Characters: NIST SP 800-63B §5.1.1.2 asks for 8 at least; longer protects people who have no second factor. */
export const SHORTEST_PASSWORD = 12;
export const LONGEST_PASSWORD = 200;

/** What is wrong with a password somebody wants to choose; null when nothing is. `own` are words it must not be. */
export function weaknessOf(password: string, own: readonly string[]): "too-short" | "too-simple" | null {
  const length = [...password].length;
  if (length < SHORTEST_PASSWORD) return "too-short";
  if (new Set(password.toLowerCase()).size < 5) return "too-simple";
  const plain = password.toLowerCase();
  return own.some((word) => word.length >= 4 && plain === word.toLowerCase()) ? "too-simple" : null;
}

/** The password's hash in the PHC string format. */
export function hashPassword(password: string): Promise<string> {
  return hash(password.normalize("NFKC"), COST);
}

/** Whether the password made this hash. */
export function isPassword(phc: string, password: string): Promise<boolean> {
  return verify(phc, password.normalize("NFKC"));
}

let standIn: Promise<string> | undefined;

/** Takes as long as a check and fails: an unknown address must not answer sooner than a known one. */
export async function wasteACheck(password: string): Promise<false> {
  standIn ??= hashPassword("the account that does not exist");
  await isPassword(await standIn, password);
  return false;
}
