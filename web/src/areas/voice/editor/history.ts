/** What was, is and may be again. */
export interface History<T> {
  readonly past: readonly T[];
  readonly present: T;
  readonly future: readonly T[];
  /** What the last step changed; steps on the same thing, one after the other, are one to take back. */
  readonly label: string | null;
}

/** More steps than anybody takes back one by one. */
const LONGEST = 200;

export function begin<T>(present: T): History<T> {
  return { past: [], present, future: [], label: null };
}

/** Takes a step. `label` names what is typed into; null never joins steps. */
export function record<T>(history: History<T>, present: T, label: string | null = null): History<T> {
  if (present === history.present) return history;
  const joins = label !== null && label === history.label && history.past.length > 0;
  const past = joins ? history.past : [...history.past, history.present].slice(-LONGEST);
  return { past, present, future: [], label };
}

export function undo<T>(history: History<T>): History<T> {
  const present = history.past.at(-1);
  if (history.past.length === 0) return history;
  return {
    past: history.past.slice(0, -1),
    present: present as T,
    future: [history.present, ...history.future],
    label: null,
  };
}

export function redo<T>(history: History<T>): History<T> {
  if (history.future.length === 0) return history;
  const [present, ...future] = history.future;
  return { past: [...history.past, history.present], present: present as T, future, label: null };
}
