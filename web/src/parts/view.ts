import { useCallback } from "react";
import { useSearchParams } from "react-router";

/** What a page is filtered and sorted by, kept in the address: it can be sent to a colleague and survives a reload. */
export function useView(): readonly [
  (name: string) => string | undefined,
  (name: string, value: string | undefined) => void,
] {
  const [params, setParams] = useSearchParams();
  const read = useCallback((name: string) => params.get(name) ?? undefined, [params]);
  const write = useCallback(
    (name: string, value: string | undefined) =>
      setParams(
        (old) => {
          const next = new URLSearchParams(old);
          if (value === undefined || value === "") next.delete(name);
          else next.set(name, value);
          return next;
        },
        { replace: true },
      ),
    [setParams],
  );
  return [read, write];
}
