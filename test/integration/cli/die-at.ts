const HOOK = new URL("./die-hook.ts", import.meta.url).href;

/**
 * The settings of a command that kills itself (SIGKILL) just before it does something: the `n`-th thing whose
 * description has this text. See die-hook.ts for what is described, and how.
 */
export function dyingAt(
  env: Readonly<Record<string, string>>,
  moment: string,
  n = 1,
): Record<string, string> {
  return {
    ...env,
    NODE_OPTIONS: `--import ${import.meta.resolve("tsx")} --import ${HOOK}`,
    DIE_AT: moment,
    DIE_AT_NTH: String(n),
  };
}
