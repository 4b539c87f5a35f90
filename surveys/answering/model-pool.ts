import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Locale } from "../../src/i18n/index.ts";
import { SECOND } from "../../src/kernel/clock.ts";
import { AppError } from "../../src/kernel/problems.ts";
import type { Json } from "../definitions/definition.ts";
import type { Ask, TakeAsk } from "./model.ts";
import type { ModelReply, ModelRequest } from "./model-worker.ts";
import type { Checked, Looked, Taken } from "./view.ts";

/** A definition as the pool knows it: `slot` names it, so that it is sent to each thread once. */
export interface Compiled {
  readonly slot: string;
  readonly definition: Json;
}

/** survey-core on threads of its own, with models that are kept and reused. */
export interface ModelPool {
  look(survey: Compiled, locale: Locale, ask: Ask): Promise<Looked>;
  take(survey: Compiled, locale: Locale, ask: TakeAsk): Promise<Taken>;
  check(survey: Compiled, locale: Locale, ask: Pick<Ask, "data" | "context">): Promise<Checked>;
  /** Starts the threads and lets each compile the model, so that the first person who answers need not wait for it. */
  prepare(survey: Compiled, locale: Locale): void;
  close(): Promise<void>;
}

interface Thread {
  readonly worker: Worker;
  readonly known: Set<string>;
  /** Requests of this turn of the loop: they cross to the thread together. */
  outbox: ModelRequest[];
  hasAnswered: boolean;
  readonly waiting: Map<
    number,
    { resolve(result: unknown): void; reject(error: Error): void; readonly timer: NodeJS.Timeout }
  >;
}

/** A condition or a pattern that runs longer than this is taken for one that never ends. */
const LONGEST = 5 * SECOND;
/** A thread that has not answered yet is still loading. */
const STARTING = 60 * SECOND;
/** Requests that wait for one thread at most: some seconds of work. */
const MOST_WAITING = 500;
const MOST_THREADS = 4;

type Body = ModelRequest extends infer R
  ? R extends ModelRequest
    ? Omit<R, "id" | "slot" | "definition" | "locale">
    : never
  : never;

/**
 * Makes the pool; threads start with the first request. `threads`: one fewer than the machine has cores, at least one,
 * at most four. A thread that does not answer in five seconds is ended and replaced, and its requests fail with
 * `store-unavailable`: they may be sent again.
 */
export function createModelPool(options: { readonly threads?: number } = {}): ModelPool {
  const count = options.threads ?? Math.min(Math.max(availableParallelism() - 1, 1), MOST_THREADS);
  const threads: (Thread | undefined)[] = new Array(count).fill(undefined);
  let nextId = 1;
  let turn = 0;
  let closed = false;

  const start = (at: number): Thread => {
    // Worker threads do not inherit tsx, so the worker registers it before it loads its own file.
    const script = JSON.stringify(new URL("./model-worker.ts", import.meta.url).href);
    const worker = new Worker(
      `import(${JSON.stringify(import.meta.resolve("tsx/esm/api"))}).then((tsx) => { tsx.register(); return import(${script}); })`,
      { eval: true, execArgv: [] },
    );
    const thread: Thread = { worker, known: new Set(), outbox: [], hasAnswered: false, waiting: new Map() };
    const end = () => {
      if (threads[at] === thread) threads[at] = undefined;
      for (const w of thread.waiting.values()) {
        clearTimeout(w.timer);
        w.reject(
          new AppError("store-unavailable", { detail: "The survey could not be looked at. Try again." }),
        );
      }
      thread.waiting.clear();
    };
    worker.on("message", (replies: readonly ModelReply[]) => {
      thread.hasAnswered = true;
      for (const reply of replies) {
        const waiting = thread.waiting.get(reply.id);
        if (waiting === undefined) continue;
        thread.waiting.delete(reply.id);
        clearTimeout(waiting.timer);
        if (reply.kind === "done") waiting.resolve(reply.result);
        else waiting.reject(new Error(`survey-core failed: ${reply.message}`));
      }
      if (thread.waiting.size === 0) worker.unref();
    });
    worker.on("error", end);
    worker.on("exit", end);
    worker.unref();
    threads[at] = thread;
    return thread;
  };

  /** The thread with the fewest requests; those that idle take turns. */
  const choose = (): number => {
    let best = turn++ % count;
    for (let i = 0; i < count; i++)
      if ((threads[i]?.waiting.size ?? 0) < (threads[best]?.waiting.size ?? 0)) best = i;
    return best;
  };

  const post = (thread: Thread): void => {
    thread.worker.postMessage(thread.outbox);
    thread.outbox = [];
  };

  const request = <T>(survey: Compiled, locale: Locale, body: Body, at = choose()): Promise<T> => {
    if (closed) return Promise.reject(new AppError("store-unavailable", { detail: "Candor is stopping." }));
    const thread = threads[at] ?? start(at);
    if (thread.waiting.size >= MOST_WAITING)
      return Promise.reject(
        new AppError("store-unavailable", { detail: "Too many answers at once. Try again." }),
      );
    const slot = `${survey.slot}/${locale}`;
    const id = nextId++;
    const message = {
      id,
      slot,
      locale,
      definition: thread.known.has(slot) ? null : survey.definition,
      ...body,
    } as ModelRequest;
    thread.known.add(slot);
    return new Promise<T>((resolve, reject) => {
      const timer = setTimeout(() => void thread.worker.terminate(), thread.hasAnswered ? LONGEST : STARTING);
      timer.unref();
      thread.waiting.set(id, { resolve: resolve as (result: unknown) => void, reject, timer });
      thread.worker.ref();
      if (thread.outbox.push(message) === 1) setImmediate(() => post(thread));
    });
  };

  return {
    look: (survey, locale, ask) => request(survey, locale, { kind: "look", ask }),
    take: (survey, locale, ask) => request(survey, locale, { kind: "take", ask }),
    check: (survey, locale, ask) => request(survey, locale, { kind: "check", ask }),
    prepare(survey, locale) {
      for (let at = 0; at < count; at++)
        // Whoever asks for what cannot be compiled is told so.
        request(survey, locale, { kind: "prepare" }, at).catch(() => {});
    },
    async close() {
      closed = true;
      await Promise.all(threads.map((t) => t?.worker.terminate()));
    },
  };
}
