/** Ends a switch over a union: the compiler rejects a missing case, the runtime refuses a foreign value. */
export function assertNever(value: never): never {
  throw new TypeError(`unexpected variant of kind ${typeof value}`);
}
