import type { ResolutionLimits, ResolutionRule } from "./rules.ts";

/** A value that a group would take on by accepting an identifier: a (class, kind, issuer) key and the blind index. */
export interface Claim {
  readonly rule: "class1-conflict" | "class2-conflict";
  readonly key: string;
  readonly bi: string;
}

/** A verified contact point that a group would take on, with the day it was first seen (ms). */
export interface Contact {
  readonly kind: string;
  readonly bi: string;
  readonly first: number;
}

/** What accepting an identifier adds to a group. */
export interface Gain {
  readonly claims: readonly Claim[];
  readonly contacts: readonly Contact[];
}

export const NO_GAIN: Gain = { claims: [], contacts: [] };

interface GroupState {
  size: number;
  /** Key → values named by class 1 and 2 evidence, accepted or disputed. */
  claims: Map<string, { rule: Claim["rule"]; values: Set<string> }>;
  /** Kind → verified value → first day. */
  contacts: Map<string, Map<string, number>>;
  /** Subjects that signed decisions keep out. */
  enemies: Set<number>;
}

/** Groups of subjects that can only be united within the constraints. A group is named by one of its subjects. */
export interface Groups {
  find(subject: number): number;
  areEnemies(a: number, b: number): boolean;
  /** Why these groups may not be one and take on the gain, or null when they may. Strongest reason first. */
  judge(parts: readonly number[], gain: Gain, confirmed?: boolean): ResolutionRule | null;
  unite(parts: readonly number[], gain: Gain): void;
  /** Records values that are disputed: they bar the group from others with a different value. */
  dispute(part: number, claims: readonly Claim[]): void;
  gain(part: number, gain: Gain): void;
  toArray(): number[][];
}

/** Each subject in a group of its own, with what its anchor says. */
export function createGroups(
  count: number,
  cannotLinks: readonly (readonly [number, number])[],
  limits: ResolutionLimits,
): Groups {
  const parent = Array.from({ length: count }, (_, index) => index);
  const states: GroupState[] = parent.map(() => ({
    size: 1,
    claims: new Map(),
    contacts: new Map(),
    enemies: new Set(),
  }));
  const state = (root: number): GroupState => states[root] as GroupState;
  for (const [a, b] of cannotLinks) {
    state(a).enemies.add(b);
    state(b).enemies.add(a);
  }

  function find(subject: number): number {
    let at = subject;
    while (parent[at] !== at) {
      const up = parent[at] as number;
      parent[at] = parent[up] as number;
      at = parent[at] as number;
    }
    return at;
  }

  function areEnemies(a: number, b: number): boolean {
    const [few, other] =
      state(a).enemies.size <= state(b).enemies.size ? ([a, b] as const) : ([b, a] as const);
    for (const enemy of state(few).enemies) if (find(enemy) === other) return true;
    return false;
  }

  function anyEnemies(parts: readonly number[]): boolean {
    if (parts.every((part) => state(part).enemies.size === 0)) return false;
    const set = new Set(parts);
    // A signed decision is recorded on both sides, so the group with most of them need not be walked.
    const most = parts.reduce((best, part) =>
      state(part).enemies.size > state(best).enemies.size ? part : best,
    );
    for (const part of parts) {
      if (part === most) continue;
      for (const enemy of state(part).enemies) {
        const root = find(enemy);
        if (root !== part && set.has(root)) return true;
      }
    }
    return false;
  }

  /**
   * Two sides conflict on a key when one holds a value that the other does not. A side that already holds two
   * (one of them disputed) may still meet a side that holds none, but never one that holds either.
   */
  function conflicting(parts: readonly number[], claims: readonly Claim[]): ResolutionRule | null {
    if (claims.length === 0 && parts.filter((part) => state(part).claims.size > 0).length < 2) return null;
    const seen = new Map<string, ReadonlySet<string>>();
    let found: ResolutionRule | null = null;
    const meet = (key: string, rule: Claim["rule"], values: ReadonlySet<string>): void => {
      const other = seen.get(key);
      if (!other) {
        seen.set(key, values);
        return;
      }
      const [value] = values;
      if (values.size === 1 && other.size === 1 && other.has(value as string)) return;
      if (found !== "class1-conflict") found = rule;
    };
    for (const part of parts)
      for (const [key, { rule, values }] of state(part).claims) meet(key, rule, values);
    for (const { key, rule, bi } of claims) meet(key, rule, new Set([bi]));
    return found;
  }

  function tooManyContacts(parts: readonly number[], contacts: readonly Contact[]): boolean {
    if (
      parts.length === 1 &&
      contacts.every((c) =>
        state(parts[0] as number)
          .contacts.get(c.kind)
          ?.has(c.bi),
      )
    )
      return false;
    if (contacts.length === 0 && parts.filter((part) => state(part).contacts.size > 0).length < 2)
      return false;
    const kinds = new Map<string, { all: Map<string, number>; largest: number }>();
    const add = (kind: string, values: Iterable<readonly [string, number]>, size: number): void => {
      let entry = kinds.get(kind);
      if (!entry) {
        entry = { all: new Map(), largest: 0 };
        kinds.set(kind, entry);
      }
      entry.largest = Math.max(entry.largest, size);
      for (const [bi, first] of values) entry.all.set(bi, Math.min(first, entry.all.get(bi) ?? first));
    };
    for (const part of parts)
      for (const [kind, values] of state(part).contacts) add(kind, values, values.size);
    for (const { kind, bi, first } of contacts) add(kind, [[bi, first]], 1);
    for (const { all, largest } of kinds.values()) {
      // A group over the limit (staff confirmed it) may still meet one that adds no further value.
      if (all.size <= limits.contactsPerWindow || all.size === largest) continue;
      const days = [...all.values()].sort((a, b) => a - b);
      for (let i = limits.contactsPerWindow; i < days.length; i++)
        if ((days[i] as number) - (days[i - limits.contactsPerWindow] as number) < limits.contactWindow)
          return true;
    }
    return false;
  }

  function addClaims(root: number, claims: readonly Claim[]): void {
    for (const { key, rule, bi } of claims) {
      const entry = state(root).claims.get(key);
      if (entry) entry.values.add(bi);
      else state(root).claims.set(key, { rule, values: new Set([bi]) });
    }
  }

  function addContacts(into: GroupState, kind: string, values: Iterable<readonly [string, number]>): void {
    let known = into.contacts.get(kind);
    if (!known) {
      known = new Map();
      into.contacts.set(kind, known);
    }
    for (const [bi, first] of values) known.set(bi, Math.min(first, known.get(bi) ?? first));
  }

  function absorb(into: GroupState, from: GroupState): void {
    into.size += from.size;
    if (from.enemies.size > into.enemies.size) [into.enemies, from.enemies] = [from.enemies, into.enemies];
    for (const enemy of from.enemies) into.enemies.add(enemy);
    for (const [key, { rule, values }] of from.claims) {
      const entry = into.claims.get(key);
      if (entry) for (const value of values) entry.values.add(value);
      else into.claims.set(key, { rule, values });
    }
    for (const [kind, values] of from.contacts) {
      if (into.contacts.has(kind)) addContacts(into, kind, values);
      else into.contacts.set(kind, values);
    }
  }

  function gain(part: number, { claims, contacts }: Gain): void {
    addClaims(part, claims);
    for (const { kind, bi, first } of contacts) addContacts(state(part), kind, [[bi, first]]);
  }

  return {
    find,
    areEnemies,
    judge(parts, added, confirmed = false) {
      if (anyEnemies(parts)) return "cannot-link";
      const conflict = conflicting(parts, added.claims);
      if (conflict) return conflict;
      if (!confirmed && tooManyContacts(parts, added.contacts)) return "too-many-contacts";
      return null;
    },
    unite(parts, added) {
      const root = parts.reduce((best, part) => (state(part).size > state(best).size ? part : best));
      for (const part of parts) {
        if (part === root) continue;
        parent[part] = root;
        absorb(state(root), state(part));
      }
      gain(root, added);
    },
    dispute: addClaims,
    gain,
    toArray() {
      const byRoot = new Map<number, number[]>();
      for (let subject = 0; subject < count; subject++) {
        const root = find(subject);
        const group = byRoot.get(root);
        if (group) group.push(subject);
        else byRoot.set(root, [subject]);
      }
      return [...byRoot.values()];
    },
  };
}
