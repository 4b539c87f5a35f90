import Skeleton from "antd/es/skeleton";
import { type ReactNode, useEffect } from "react";
import { ProblemNote } from "./problem.tsx";

/** A page with its heading. One `h1` each. */
export function PageBody(props: {
  readonly title: ReactNode;
  readonly lead?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}) {
  const { title } = props;
  // Tabs of the browser, its history and screen readers tell pages apart by it (WCAG 2.1 §2.4.2).
  useEffect(() => {
    document.title = typeof title === "string" ? `${title} · Candor` : "Candor";
  }, [title]);
  return (
    <div className="page">
      <div className="page-head">
        <div>
          <h1>{props.title}</h1>
          {props.lead !== undefined && <p>{props.lead}</p>}
        </div>
        {props.actions !== undefined && <div className="page-actions">{props.actions}</div>}
      </div>
      {props.children}
    </div>
  );
}

/** What an answer looks like while it is under way, when it failed, and when it is there. */
export function Loaded<T>(props: {
  readonly query: { readonly data: T | undefined; readonly error: unknown; readonly isPending: boolean };
  readonly children: (data: T) => ReactNode;
}) {
  const { query } = props;
  if (query.data !== undefined) return <>{props.children(query.data)}</>;
  if (query.error !== null && query.error !== undefined) return <ProblemNote error={query.error} />;
  return <Skeleton active />;
}
