import { say } from "../../i18n.ts";
import { unitsOf } from "../../parts/money.ts";
import { type Draft, type Item, isGroup } from "./rule-tree.ts";
import type { Choice, Vocabulary } from "./vocabulary.ts";
import type { SEGMENTS } from "./words.ts";

type Words = (typeof SEGMENTS)["en"];

/** A rule as a sentence, for lists. */
export function ruleText(item: Item, t: Words, v: Vocabulary): string {
  if (!isGroup(item)) return conditionText(item, t, v);
  const parts = item.items.map((part) =>
    isGroup(part) && part.join !== "none" && part.items.length > 1
      ? `(${ruleText(part, t, v)})`
      : ruleText(part, t, v),
  );
  const joined = parts.join(` ${item.join === "all" ? t.and : t.or} `);
  return item.join === "none" ? `${t.notSo} (${joined})` : joined;
}

function labelOf(choices: readonly Choice[], value: unknown): string {
  return choices.find((c) => c.value === value)?.label ?? String(value);
}

function boundsText(draft: Draft, t: Words, units = 1): string {
  const bound = (word: string, value: unknown) =>
    typeof value === "number" ? [`${word} ${value / units}`] : [];
  return [...bound(t.atLeast, draft.atLeast), ...bound(t.atMost, draft.atMost)].join(" ");
}

function conditionText(draft: Draft, t: Words, v: Vocabulary): string {
  const listed = (choices: readonly Choice[] = []) =>
    (Array.isArray(draft.is) ? draft.is : []).map((value) => labelOf(choices, value)).join(", ");
  const filled = (...parts: readonly (string | false)[]) =>
    parts.filter((p) => p !== false && p !== "").join(" ");
  if (typeof draft.attribute === "string") {
    const what = v.attribute(draft.attribute);
    if ("known" in draft) return `${what} ${draft.known === true ? t.isKnown : t.isUnknown}`;
    return `${what}: ${listed()}`;
  }
  if (typeof draft.measure === "string") {
    const isMoney = draft.measure === "spend";
    return filled(
      v.measure(draft.measure),
      boundsText(draft, t, isMoney ? unitsOf(draft.currency) : 1),
      isMoney && String(draft.currency ?? ""),
    );
  }
  if (typeof draft.bought === "object" && draft.bought !== null) {
    const { store, category } = draft.bought as Readonly<Record<string, unknown>>;
    return filled(
      store !== undefined && say(t.boughtAt, { store: String(store) }),
      category !== undefined && say(t.boughtOf, { category: String(category) }),
    );
  }
  if (typeof draft.event === "string")
    return filled(
      v.event(draft.event),
      draft.name !== undefined && `“${String(draft.name)}”`,
      typeof draft.channel === "string" && `(${v.eventChannel(draft.channel)})`,
      boundsText(draft, t),
      typeof draft.withinDays === "number" && say(t.inDays, { days: draft.withinDays }),
    );
  if (typeof draft.consent === "string")
    return filled(
      labelOf(v.purposes, draft.consent),
      typeof draft.channel === "string" && `(${v.contactChannel(draft.channel)})`,
      draft.allowed === true ? t.allowed : t.notAllowed,
    );
  if (typeof draft.score === "string") return filled(v.score(draft.score), boundsText(draft, t));
  if (draft.loyalty === "condition") return `${t.levelCondition}: ${listed(v.conditions)}`;
  if (draft.loyalty === "tier") {
    const structure = v.structures.find((s) => s.value === (draft.structure ?? "default"));
    return `${t.levelTier}: ${listed(structure?.tiers)}`;
  }
  return JSON.stringify(draft);
}
