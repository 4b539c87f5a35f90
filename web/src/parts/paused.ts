import { useEffect, useState } from "react";

/** A value that follows another as soon as that has stood still for a while: what is typed is not asked about letter by letter. */
export function usePaused<T>(value: T, pauseMs = 500): T {
  const [still, setStill] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setStill(value), pauseMs);
    return () => clearTimeout(timer);
  }, [value, pauseMs]);
  return still;
}
