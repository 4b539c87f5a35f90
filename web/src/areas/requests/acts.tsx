import Button from "antd/es/button";
import Card from "antd/es/card";
import Skeleton from "antd/es/skeleton";
import { lazy, Suspense, useState } from "react";
import { useWords } from "../../i18n.ts";
import type { Detail } from "./request.tsx";
import { REQUESTS } from "./words.ts";

const ActForm = lazy(async () => ({ default: (await import("./act-form.tsx")).ActForm }));

type Words = (typeof REQUESTS)["en"];

/** A button that opens a small form, whose answer goes to one door of the request. */
export interface Act {
  readonly key: string;
  readonly door: string;
  readonly label: keyof Words;
  readonly danger?: boolean;
  readonly primary?: boolean;
  readonly text?: keyof Words;
  readonly fields: readonly Field[];
  /** What goes with the answers of the form. */
  readonly told?: Readonly<Record<string, unknown>>;
}

export interface Field {
  readonly name: string;
  readonly label: keyof Words;
  readonly kind: "text" | "area" | "check" | "member" | "method" | "ground" | "duplicate" | "password";
  readonly required?: boolean;
}

/** What the machine allows now, as buttons; the same list decides on the server. */
function actsOf(request: Detail): Act[] {
  const may = new Set<string>(request.possibleActs);
  const acts: (Act | false)[] = [
    may.has("ask-identity") &&
      request.contact !== null && { key: "code", door: "code", label: "sendCode", primary: true, fields: [] },
    may.has("verify") && {
      key: "take-code",
      door: "identity",
      label: "takeCode",
      fields: [{ name: "code", label: "code", kind: "text", required: true }],
    },
    may.has("verify") && {
      key: "identity",
      door: "identity",
      label: "establish",
      fields: [
        ...(request.memberId === null
          ? [{ name: "memberId", label: "member", kind: "member", required: true } as const]
          : []),
        { name: "method", label: "method", kind: "method", required: true },
        { name: "note", label: "note", kind: "area" },
      ],
    },
    may.has("accept-authority") && {
      key: "authority",
      door: "authority",
      label: "authority",
      fields: [{ name: "note", label: "note", kind: "area", required: true }],
    },
    may.has("declare") && { key: "declaration", door: "declaration", label: "declaration", fields: [] },
    may.has("approve") && {
      key: "approve",
      door: "approve",
      label: request.kind === "erasure" ? "approveErasure" : "approve",
      primary: true,
      danger: request.kind === "erasure",
      ...(request.kind === "erasure" ? { text: "approveErasureText" } : {}),
      fields:
        (request.kind === "access" || request.kind === "portability") && request.delivery === null
          ? [{ name: "passphrase", label: "passphrase", kind: "password", required: true }]
          : [],
    },
    may.has("confirm") && {
      key: "confirm",
      door: "confirm",
      label: "confirm",
      fields: [
        { name: "note", label: "note", kind: "area", required: true },
        { name: "atOnce", label: "atOnce", kind: "check" },
      ],
    },
    request.state === "awaiting_confirmation" &&
      request.coolingUntil !== null && {
        key: "at-once",
        door: "confirm",
        label: "atOnce",
        fields: [{ name: "note", label: "note", kind: "area", required: true }],
        told: { atOnce: true },
      },
    may.has("deny") && {
      key: "deny",
      door: "deny",
      label: "deny",
      danger: true,
      fields: [
        { name: "ground", label: "denyGround", kind: "ground", required: true },
        { name: "words", label: "note", kind: "area" },
      ],
    },
    may.has("extend") && {
      key: "extend",
      door: "extend",
      label: "extend",
      text: "extendText",
      fields: [{ name: "reason", label: "reason", kind: "area", required: true }],
    },
    may.has("pause") && {
      key: "pause",
      door: "pause",
      label: "pause",
      fields: [{ name: "reason", label: "reason", kind: "area" }],
    },
    may.has("resume") && { key: "resume", door: "resume", label: "resume", fields: [] },
    may.has("retry") && { key: "retry", door: "retry", label: "retry", primary: true, fields: [] },
    may.has("hold") && {
      key: "hold",
      door: "hold",
      label: "hold",
      fields: [{ name: "reason", label: "reason", kind: "area", required: true }],
    },
    may.has("release-hold") && {
      key: "release",
      door: "release",
      label: "release",
      fields: [{ name: "reason", label: "reason", kind: "area", required: true }],
    },
    may.has("mark-duplicate") &&
      request.possibleDuplicates.length > 0 && {
        key: "duplicate",
        door: "duplicate",
        label: "duplicate",
        fields: [{ name: "of", label: "duplicate", kind: "duplicate", required: true }],
      },
    may.has("withdraw") && {
      key: "cancel",
      door: "cancel",
      label: "cancel",
      fields: [{ name: "note", label: "note", kind: "area" }],
    },
  ];
  return acts.filter((act): act is Act => act !== false);
}

/** Everything that can be done with the request now. */
export function Acts({ request }: { readonly request: Detail }) {
  const t = useWords(REQUESTS);
  const [open, setOpen] = useState<Act | null>(null);
  const acts = actsOf(request);
  if (acts.length === 0) return null;
  return (
    <Card title={t.acts}>
      <div className="stack acts" style={{ gap: 8 }}>
        {acts.map((act) => (
          <Button
            key={act.key}
            block
            type={act.primary === true ? "primary" : "default"}
            danger={act.danger === true}
            onClick={() => setOpen(act)}
          >
            {t[act.label]}
          </Button>
        ))}
      </div>
      {open !== null && (
        <Suspense fallback={<Skeleton active />}>
          <ActForm key={open.key} act={open} request={request} onClose={() => setOpen(null)} />
        </Suspense>
      )}
    </Card>
  );
}
