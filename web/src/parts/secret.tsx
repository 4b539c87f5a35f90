import Alert from "antd/es/alert";
import Button from "antd/es/button";
import { useState } from "react";
import { useWords } from "../i18n.ts";
import { PARTS } from "./words.ts";

/** Something that is shown this once: a key, a link. */
export function ShownOnce({ value }: { readonly value: string }) {
  const t = useWords(PARTS);
  const [copied, setCopied] = useState(false);
  return (
    <Alert
      type="warning"
      title={t.shownOnce}
      description={
        <div className="stack" style={{ gap: 8 }}>
          <code className="mono">{value}</code>
          <Button
            size="small"
            style={{ alignSelf: "flex-start" }}
            onClick={() => void navigator.clipboard.writeText(value).then(() => setCopied(true))}
          >
            {copied ? t.copied : t.copy}
          </Button>
        </div>
      }
    />
  );
}
