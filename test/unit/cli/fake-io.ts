import type { Io } from "../../../src/cli/io.ts";

/** An input and output in memory, with nobody to answer questions unless `answer` is given. */
export function fakeIo(
  options: { readonly stdin?: string; readonly answer?: boolean } = {},
): Io & { readonly output: string[]; readonly notes: string[]; readonly questions: string[] } {
  const output: string[] = [];
  const notes: string[] = [];
  const questions: string[] = [];
  const stdin = options.stdin ?? "";
  return {
    output,
    notes,
    questions,
    out: (...lines) => void output.push(...lines),
    note: (...lines) => void notes.push(...lines),
    screen: null,
    stdin: (async function* () {
      yield Buffer.from(stdin);
    })(),
    readStdin: async () => stdin,
    confirm: async (question) => {
      questions.push(question);
      return options.answer ?? null;
    },
    untilStopped: () => new Promise(() => {}),
  };
}
