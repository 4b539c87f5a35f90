import { parentPort } from "node:worker_threads";
import type { Locale } from "../../src/i18n/index.ts";
import type { Json } from "../definitions/definition.ts";
import { type Ask, compileModel, type SurveyModel, type TakeAsk } from "./model.ts";

/**
 * Runs survey-core beside the main thread: a look at a survey costs it milliseconds, in which nothing else could be
 * answered. Compiled models are kept, one for each definition and language.
 */
export type ModelRequest = {
  readonly id: number;
  /** Names the definition and the language; the definition comes with the first request for it. */
  readonly slot: string;
  readonly definition: Json | null;
  readonly locale: Locale;
} & (
  | { readonly kind: "look"; readonly ask: Ask }
  | { readonly kind: "take"; readonly ask: TakeAsk }
  | { readonly kind: "check"; readonly ask: Pick<Ask, "data" | "context"> }
  | { readonly kind: "prepare" }
);

export type ModelReply =
  | { readonly id: number; readonly kind: "done"; readonly result: unknown }
  | { readonly id: number; readonly kind: "failed"; readonly message: string };

const MOST_MODELS = 200;
const port = parentPort;
if (port === null) throw new Error("model-worker runs as a worker thread only");

const definitions = new Map<string, Json>();
const models = new Map<string, SurveyModel>();

function modelFor(request: ModelRequest): SurveyModel {
  if (request.definition !== null) definitions.set(request.slot, request.definition);
  const held = models.get(request.slot);
  if (held !== undefined) return held;
  const definition = definitions.get(request.slot);
  if (definition === undefined) throw new Error("the definition has not been sent");
  if (models.size >= MOST_MODELS) models.clear();
  const model = compileModel(definition, request.locale);
  models.set(request.slot, model);
  return model;
}

function answer(request: ModelRequest): unknown {
  const model = modelFor(request);
  switch (request.kind) {
    case "look":
      return model.look(request.ask);
    case "take":
      return model.take(request.ask);
    case "check":
      return model.check(request.ask);
    case "prepare":
      return null;
  }
}

function reply(request: ModelRequest): ModelReply {
  try {
    return { id: request.id, kind: "done", result: answer(request) };
  } catch (error) {
    // A model that threw may be in any state; the next request compiles a new one. The message may quote an answer.
    models.delete(request.slot);
    return { id: request.id, kind: "failed", message: error instanceof Error ? error.name : "unknown" };
  }
}

port.on("message", (requests: readonly ModelRequest[]) => {
  port.postMessage(requests.map(reply));
});
