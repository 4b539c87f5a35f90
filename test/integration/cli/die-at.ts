const HOOK = new URL("./die-hook.ts", import.meta.url).href;
const HOOKED = { NODE_OPTIONS: `--import ${import.meta.resolve("tsx")} --import ${HOOK}` };

/**
 * The settings of a command that kills itself (SIGKILL) just before it does something: the `n`-th thing whose
 * description has this text. See die-hook.ts for what is described, and how.
 */
export function dyingAt(
  env: Readonly<Record<string, string>>,
  moment: string,
  n = 1,
): Record<string, string> {
  return { ...env, ...HOOKED, DIE_AT: moment, DIE_AT_NTH: String(n) };
}

/** The settings of a command that ends as usual and writes to a file how many such things it did. */
export function countingTo(
  file: string,
  env: Readonly<Record<string, string>>,
  moment: string,
): Record<string, string> {
  return { ...env, ...HOOKED, DIE_AT: moment, DIE_COUNT: file };
}
