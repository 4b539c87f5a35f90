import { ConditionsParser } from "survey-core";
import { isJson, type Json, listOf, type Question } from "../definitions/definition.ts";
import type { Finding } from "./lint.ts";

const CONDITIONS = new Set([
  "visibleIf",
  "enableIf",
  "requiredIf",
  "choicesVisibleIf",
  "choicesEnableIf",
  "rowsVisibleIf",
  "columnsVisibleIf",
  "templateVisibleIf",
  "expression",
  "setValueIf",
  "resetValueIf",
  "defaultValueExpression",
  "setValueExpression",
]);
/** They change answers while a person types, which a form that works without script cannot do. */
const NOT_CARRIED_OUT = new Set(["setValueIf", "setValueExpression", "resetValueIf"]);
/** Names that conditions may use besides questions: rows and panels of their own, and what an invitation knows. */
const KNOWN =
  /^(?:#|locale$|panel\b|prevPanel\b|nextPanel\b|row\b|prevRow\b|nextRow\b|rowIndex|panelIndex|visiblePanelIndex|item\b|choice\b|self\b|pageno$|pagecount$|store$|region$|category$|level$|tenure$)/;

/** Names that an expression asks for, without what follows a dot or a bracket. */
function referencesOf(expression: string): string[] {
  return [...expression.matchAll(/\{([^{}]+)\}/g)].map((m) => (m[1] ?? "").trim());
}

function isKnown(reference: string, names: ReadonlySet<string>): boolean {
  const bare = reference.replace(/^!/, "").replace(/-Comment$/, "");
  if (KNOWN.test(bare) || names.has(bare)) return true;
  const head = bare.split(/[.[]/)[0] ?? "";
  return names.has(head) || [...names].some((n) => bare.startsWith(`${n}.`) || bare.startsWith(`${n}[`));
}

/** Conditions that cannot be read, refer to nothing, or are of a kind that is not carried out. */
export function logicFindings(definition: Json, questions: readonly Question[]): Finding[] {
  const found: Finding[] = [];
  const names = new Set(questions.flatMap((q) => [q.name, q.key]));
  for (const value of listOf(definition.calculatedValues))
    if (isJson(value) && typeof value.name === "string") names.add(value.name);
  const at = (code: Finding["code"], path: string): void => {
    found.push({ code, level: "error", question: null, path });
  };
  for (const [i, trigger] of listOf(definition.triggers).entries()) {
    const type = isJson(trigger) ? String(trigger.type ?? "") : "";
    if (!["complete", "completetrigger", "visible", "visibletrigger"].includes(type))
      at("logic-not-offered", `/triggers/${i}`);
  }
  if (definition.storeOthersAsComment === false) at("logic-not-offered", "/storeOthersAsComment");
  const visit = (value: unknown, path: string): void => {
    if (Array.isArray(value)) {
      value.forEach((v, i) => {
        visit(v, `${path}/${i}`);
      });
      return;
    }
    if (!isJson(value)) return;
    for (const [name, inner] of Object.entries(value)) {
      const here = `${path}/${name}`;
      if (CONDITIONS.has(name) && typeof inner === "string" && inner !== "") {
        if (NOT_CARRIED_OUT.has(name)) at("logic-not-offered", here);
        if (new ConditionsParser().parseExpression(inner) === undefined) at("broken-logic", here);
        else if (referencesOf(inner).some((r) => !isKnown(r, names))) at("unknown-reference", here);
      } else if (["title", "description", "html", "text"].includes(name) && !isJson(inner)) {
        if (typeof inner === "string" && referencesOf(inner).some((r) => !isKnown(r, names)))
          found.push({ code: "unknown-reference", level: "warning", question: null, path: here });
      } else visit(inner, here);
    }
  };
  visit(definition, "");
  return found;
}
