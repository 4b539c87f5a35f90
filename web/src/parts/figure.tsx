import Card from "antd/es/card";
import type { ReactNode } from "react";
import { Link } from "react-router";

/** One figure with what it means, and where it leads. */
export function Figure(props: {
  readonly label: ReactNode;
  readonly value: ReactNode;
  readonly note?: ReactNode;
  readonly to?: string;
}) {
  const body = (
    <Card hoverable={props.to !== undefined} styles={{ body: { padding: 18 } }} style={{ height: "100%" }}>
      <div className="quiet">{props.label}</div>
      <div style={{ fontSize: 30, fontWeight: 660, lineHeight: 1.25, fontVariantNumeric: "tabular-nums" }}>
        {props.value}
      </div>
      {props.note !== undefined && (
        <div className="quiet" style={{ fontSize: 13 }}>
          {props.note}
        </div>
      )}
    </Card>
  );
  return props.to === undefined ? (
    body
  ) : (
    <Link to={props.to} style={{ color: "inherit", textDecoration: "none" }}>
      {body}
    </Link>
  );
}
