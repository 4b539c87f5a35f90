import { isJson, type Json } from "../../parts/json.ts";

/** How the parts of a group belong together: all of them, any of them, none of them. */
export const JOINS = ["all", "any", "none"] as const;
export type Join = (typeof JOINS)[number];

/** A rule tree as a person writes it: `not` is a group of which nothing may hold. */
export interface Group {
  readonly join: Join;
  readonly items: readonly Item[];
}

/** A condition, which may still lack something while it is written. */
export type Draft = Json;
export type Item = Group | Draft;

export function isGroup(item: Item): item is Group {
  return "join" in item;
}

/** Reads a rule as the server keeps it; null for what is no tree of objects. A condition alone becomes a group of one. */
export function readRule(rule: unknown): Group | null {
  const item = readItem(rule);
  if (item === null) return null;
  return isGroup(item) ? item : { join: "all", items: [item] };
}

function readItem(rule: unknown): Item | null {
  if (!isJson(rule)) return null;
  if ("not" in rule) {
    const { not } = rule;
    return isJson(not) && "any" in not ? readGroup("none", not.any) : readGroup("none", [not]);
  }
  if ("all" in rule) return readGroup("all", rule.all);
  if ("any" in rule) return readGroup("any", rule.any);
  return rule;
}

function readGroup(join: Join, of: unknown): Group | null {
  if (!Array.isArray(of)) return null;
  const items = of.map(readItem);
  return items.includes(null) ? null : { join, items: items as Item[] };
}

/** Whether a group of which nothing may hold is written as `not` of its only part; else as `not` of `any` of them. */
function deniesOne({ join, items }: Group): boolean {
  const [only] = items;
  return (
    join === "none" && items.length === 1 && only !== undefined && !(isGroup(only) && only.join === "any")
  );
}

/** The rule that a tree says; the server judges whether it is whole. */
export function writeRule(item: Item): unknown {
  if (!isGroup(item)) return item;
  const rules = item.items.map(writeRule);
  if (item.join !== "none") return { [item.join]: rules };
  return { not: deniesOne(item) ? rules[0] : { any: rules } };
}

/** Where the server finds a group's `i`th part, below the place of the group: problems name it so. */
export function placeIn(group: Group, place: string, i: number): string {
  if (group.join !== "none") return `${place}/${group.join}/${i}`;
  return deniesOne(group) ? `${place}/not` : `${place}/not/any/${i}`;
}
