import type { ReactNode } from "react";

/** A term and what it is, inside a `dl`. */
export function Pair(props: { readonly term: ReactNode; readonly children: ReactNode }) {
  return (
    <>
      <dt>{props.term}</dt>
      <dd>{props.children}</dd>
    </>
  );
}
