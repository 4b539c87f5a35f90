import EyeOutlined from "@ant-design/icons/es/icons/EyeOutlined";
import Button from "antd/es/button";
import Modal from "antd/es/modal";
import Radio from "antd/es/radio";
import { useState } from "react";
import type { RevealReason } from "../../../src/kernel/mask.ts";
import { REVEALS } from "../codes/reasons.ts";
import { useCodes } from "../codes/use-codes.ts";
import { useWords } from "../i18n.ts";
import { PARTS } from "./words.ts";

/** Asks why somebody needs to see what is hidden, before they do. */
export function Reveal(props: { readonly onReveal: (reason: RevealReason) => void }) {
  const t = useWords(PARTS);
  const reasonOf = useCodes(REVEALS);
  const [asking, setAsking] = useState(false);
  const [reason, setReason] = useState<RevealReason>("request");
  return (
    <div className="row">
      <Button icon={<EyeOutlined />} onClick={() => setAsking(true)}>
        {t.reveal}
      </Button>
      <span className="quiet">{t.masked}</span>
      <Modal
        open={asking}
        title={t.reveal}
        okText={t.reveal}
        onCancel={() => setAsking(false)}
        onOk={() => {
          props.onReveal(reason);
          setAsking(false);
        }}
      >
        <p>{t.revealText}</p>
        <Radio.Group
          value={reason}
          onChange={(event) => setReason(event.target.value as RevealReason)}
          options={Object.keys(REVEALS).map((value) => ({ value, label: reasonOf(value) }))}
          style={{ display: "flex", flexDirection: "column", gap: 8 }}
        />
      </Modal>
    </div>
  );
}
