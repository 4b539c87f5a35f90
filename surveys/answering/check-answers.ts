import { Ajv2020, type ErrorObject } from "ajv/dist/2020.js";
import { answerSchema } from "../definitions/answer-schema.ts";
import type { Json } from "../definitions/definition.ts";

/** Something wrong with the form of answers. `path` names only what the definition itself names, never a value. */
export interface ShapeFault {
  readonly path: string;
  readonly code: "unknown-question" | "not-offered" | "too-long" | "wrong-form";
}

/** Finds what is wrong with answers; nothing means that the model may see them. */
export type AnswerCheck = (answers: unknown) => readonly ShapeFault[];

const MOST_FAULTS = 20;

function codeOf(error: ErrorObject): ShapeFault["code"] {
  switch (error.keyword) {
    case "additionalProperties":
      return "unknown-question";
    case "enum":
    case "minimum":
    case "maximum":
    case "not":
      return "not-offered";
    case "maxLength":
    case "maxItems":
      return "too-long";
    default:
      return "wrong-form";
  }
}

/** Compiles the strict check of a definition's answers. */
export function compileCheck(definition: Json): AnswerCheck {
  const ajv = new Ajv2020({ strict: false, ownProperties: true, allErrors: false, validateFormats: false });
  const validate = ajv.compile(answerSchema(definition));
  return (answers) => {
    if (validate(answers)) return [];
    return (validate.errors ?? [])
      .slice(0, MOST_FAULTS)
      .map((error) => ({ path: error.instancePath, code: codeOf(error) }));
  };
}

/** The question that a fault is about: the first part of its path. */
export function questionOfFault(fault: ShapeFault): string | null {
  const [, first] = fault.path.split("/");
  return first === undefined ? null : first.replaceAll("~1", "/").replaceAll("~0", "~");
}
