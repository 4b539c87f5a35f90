import type { FieldProblem } from "../kernel/problems.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Something that works and yet should be known: a stable code, and a sentence without values of settings. */
export interface ConfigWarning {
  readonly code: "root-key-in-file" | "keystore-on-same-server" | "open-to-network";
  readonly message: string;
}

/** Reads settings one by one and keeps what is to be said of them: which are set, which are wrong, which are risky. */
export interface SettingsReader {
  /** The setting's text without blanks around it; undefined when it is absent or empty. */
  read(name: string): string | undefined;
  /** The same for one that must be there: `reason` says why. Missing ones are noted and read as "". */
  need(name: string, reason: string): string;
  /** Notes a wrong setting and what is expected of it; never its value, since some are secrets. */
  wrong(name: string, message: string, code?: string): void;
  warn(code: ConfigWarning["code"], message: string): void;
  readonly problems: readonly FieldProblem[];
  readonly warnings: readonly ConfigWarning[];
  /** Every setting that was looked for, by name. */
  shown(): readonly { readonly name: string; readonly isSet: boolean }[];
}

/** A reader over an environment. */
export function createSettingsReader(env: Environment): SettingsReader {
  const problems: FieldProblem[] = [];
  const warnings: ConfigWarning[] = [];
  const seen = new Map<string, boolean>();
  const read: SettingsReader["read"] = (name) => {
    const value = env[name]?.trim() || undefined;
    seen.set(name, value !== undefined);
    return value;
  };
  const wrong: SettingsReader["wrong"] = (path, message, code = "invalid") =>
    void problems.push({ path, code, message });
  return {
    read,
    need(name, reason) {
      const value = read(name);
      if (value === undefined) wrong(name, reason, "missing");
      return value ?? "";
    },
    wrong,
    warn: (code, message) => void warnings.push({ code, message }),
    problems,
    warnings,
    shown: () =>
      [...seen].map(([name, isSet]) => ({ name, isSet })).sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}
